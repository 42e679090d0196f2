//! What a step is, as its tool sees it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One step, ready to be done: everything is interpolated, secrets stand where they were named. Never logged, never stored.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Version of the protocol that the sender speaks.
    #[serde(default)]
    pub version: u32,
    /// Which step of the job, from 0.
    pub index: u32,
    /// Which try of the step, from 1.
    #[serde(default)]
    pub attempt: u32,
    /// The tool, `name` or `name@version`.
    pub tool: String,
    /// What belongs to the tool, as the stage gives it.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// Names of those `fields` that hold a secret somewhere inside: they must not become arguments of a program.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// Environment variables to add.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Where to work: relative to `workspace`, or absolute. Empty: the workspace.
    #[serde(default)]
    pub cwd: String,
    /// The job's own folder: an absolute path as the tool sees it.
    #[serde(default)]
    pub workspace: String,
    /// Seconds that the step may take; the tool's own default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u64>,
    /// The flow, for people and for naming things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The commit that the flow was started for, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
}

/// Fields and environment may hold secrets, so only what names the step is shown.
impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("index", &self.index).field("attempt", &self.attempt).field("tool", &self.tool).finish_non_exhaustive()
    }
}

/// A change in a repository that started the flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Where the repository is. A step that checks out the same repository (however its address is spelled) gets `commit`.
    pub repo: String,
    /// The branch that moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The commit to check out: full hexadecimal object name.
    pub commit: String,
    /// The ref under which the repository offers the commit when no branch holds it: `refs/pull/7/head`, `refs/merge-requests/7/head`.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
}
