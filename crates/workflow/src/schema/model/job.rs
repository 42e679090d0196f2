//! The jobs of a stage: where they run, and what they do.

use std::collections::BTreeMap;

use kraken_domain::place::Executor;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DEFAULT_CONFIG, DEFAULT_JOB_TIMEOUT_S, DEFAULT_WHEN, one_or_many};
use crate::schema::tools;

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSpec {
    /// Its name, unique in the stage.
    pub name: String,
    /// Its limit, in seconds.
    #[serde(default = "job_timeout")]
    pub timeout: u32,
    /// The jobs that must have finished without error first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Whether losing its agent may run it again.
    #[serde(default = "yes")]
    pub retry_on_agent_loss: bool,
    /// What it does.
    pub steps: Vec<StepSpec>,
    /// Where it runs.
    pub environments: Vec<AgentsEnvironment>,
}

fn job_timeout() -> u32 {
    DEFAULT_JOB_TIMEOUT_S
}

fn yes() -> bool {
    true
}

/// Where a job runs: one job for each system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentsEnvironment {
    /// The systems.
    #[serde(deserialize_with = "one_or_many::deserialize")]
    pub system: Vec<String>,
    /// The agents group; `all` for every agent.
    pub agents_group: String,
    /// What runs the steps.
    #[serde(default = "local")]
    pub executor: Executor,
    /// Which config applies.
    #[serde(default = "default_config")]
    pub config: String,
}

fn local() -> Executor {
    Executor::Local
}

fn default_config() -> String {
    DEFAULT_CONFIG.to_owned()
}

/// A step. What every step may say is typed; what its tool understands stays as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepSpec {
    /// The tool: `name` or `name@version`.
    pub tool: String,
    /// Its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether to do it.
    #[serde(default = "default_when")]
    pub when: String,
    /// How often to try.
    #[serde(default = "one")]
    pub attempts: u32,
    /// Seconds between two attempts.
    #[serde(default)]
    pub sleep_time_after_attempt: u32,
    /// Limit of one attempt in seconds, where the step says one; see [`StepSpec::timeout_s`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// The folder it runs in, below the workspace.
    #[serde(default = "here")]
    pub cwd: String,
    /// Environment variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// What its tool understands.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

fn default_when() -> String {
    DEFAULT_WHEN.to_owned()
}

fn one() -> u32 {
    1
}

fn here() -> String {
    ".".to_owned()
}

impl StepSpec {
    /// Limit of one attempt in seconds: the step's, or its tool's; `None` where only the job's limit holds.
    pub fn timeout_s(&self) -> Option<u32> {
        self.timeout.or_else(|| tools::tool_named(&self.tool)?.timeout_s)
    }

    /// What people see: its name, or its tool's.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| tools::split_tool(&self.tool).0)
    }
}
