//! The things people set up: projects, branches, stages, groups; plain records without a life-cycle.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BranchId, ProjectId, StageId, retention::BranchRetention, trigger, webhook::WebhookRule};

/// Which stored schema a run was started with, and (for a job) which of its jobs.
///
/// The schema is kept in the object store under the hash of its content, so reruns and views always use that copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecRef {
    /// SHA-256 of the stored specification, in lower-case hexadecimal.
    pub sha256: String,
    /// Index of the job in the schema's `jobs`.
    #[serde(default)]
    pub job: u32,
}

/// A project: the unit of access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its name, unique in the system.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A branch of a project: stages, numbers and history belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// Its project.
    pub project: ProjectId,
    /// Its name, unique in the project.
    pub name: String,
    /// The name of the branch in the repositories; its own name unless said otherwise.
    pub branch_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Environment variables of every step.
    #[serde(default)]
    pub env_vars: BTreeMap<String, String>,
    /// When it was put away: nothing starts in it until it is brought back. `None` while it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    /// Whether its badges and feeds are for everyone, without a token.
    #[serde(default)]
    pub public: bool,
    /// How long its flows are kept.
    #[serde(default)]
    pub retention: BranchRetention,
}

/// What this version takes over from a stage's code into its record: 1, parents, triggers by the clock, webhooks; 2, parameters. A record with
/// less was saved by an earlier version, and its code may say more.
pub const TAKEN_OVER: u32 = 2;

/// A stage as it stands now. What a run was started with is kept with the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Its id.
    pub id: StageId,
    /// Its branch.
    pub branch: BranchId,
    /// Its project.
    pub project: ProjectId,
    /// Its name, unique in the branch.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// Whether new flows run it.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its code last changed.
    pub updated_at: Timestamp,
    /// SHA-256 of its code, in hexadecimal: the key of the code in the object store.
    pub code_sha256: String,
    /// The stages it waits for; empty for a root stage.
    pub parents: Vec<String>,
    /// Whether it starts by itself: a root stage with each flow, a child when its parents are done.
    pub starts_with_parent: bool,
    /// Whether its runs wait for a person.
    #[serde(default)]
    pub manual: bool,
    /// When it starts by itself besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<trigger::Rule>,
    /// Which webhooks start it, if it is a root stage.
    #[serde(default, skip_serializing_if = "WebhookRule::is_default")]
    pub webhook: WebhookRule,
    /// The form that a person sees who starts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// How much of what its code says was taken over when it was saved: see [`TAKEN_OVER`].
    #[serde(default)]
    pub taken_over: u32,
    /// Where its code is kept, if that is a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<StageSource>,
    /// How many runs it has had, over all kinds of flow.
    #[serde(default)]
    pub runs: u64,
}

impl Stage {
    /// Whether it is a root stage.
    pub fn is_root(&self) -> bool {
        self.parents.is_empty()
    }
}

/// An entry of the form that a person sees who starts a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// How the argument is named.
    pub name: String,
    /// What it is: `string`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value unless somebody gives another.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub default: String,
    /// What people are told about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The values to choose from; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// The file of a repository that holds the code of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSource {
    /// Address of the repository.
    pub url: String,
    /// The branch in it.
    pub branch: String,
    /// The file on that branch.
    pub file: String,
    /// Name of the secret to look with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Seconds between two looks.
    pub every_s: u64,
    /// Whether it is looked at before each run, too.
    #[serde(default)]
    pub on_run: bool,
    /// The commit that the stage's code is of.
    pub commit: String,
}

impl StageSource {
    /// When it is looked at.
    pub fn rule(&self) -> trigger::Rule {
        let repo = trigger::RepoHead { url: self.url.clone(), branch: self.branch.clone(), head: None };
        trigger::Rule::Source { repo, file: self.file.clone(), every_s: self.every_s, credentials: self.credentials.clone() }
    }
}

/// A named set of agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentsGroup {
    /// Its name, unique in the system; letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The one project that may use it, or `None` for all.
    #[serde(default)]
    pub project: Option<ProjectId>,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The longest name anything may have, in characters.
pub const NAME_MAX: usize = 200;

/// A name that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing, or only white space.
    #[error("the name is empty: expected 1 to {NAME_MAX} characters")]
    Empty,
    /// Longer than [`NAME_MAX`].
    #[error("the name has {0} characters: expected 1 to {NAME_MAX}")]
    TooLong(usize),
    /// A control character, or white space at an end.
    #[error("the name {0:?} has control characters or white space at its ends")]
    Unprintable(String),
    /// A character that this kind of name may not have.
    #[error("the name {name:?} has the character {found:?}: expected letters, digits, '-', '_' and '.'")]
    Character {
        /// The whole name.
        name: String,
        /// The first character that is wrong.
        found: char,
    },
}

/// Checks the name of a project, branch or stage: any printable text of 1 to 200 characters.
///
/// # Errors
/// [`InvalidName`] that says what was expected.
pub fn check_name(name: &str) -> Result<(), InvalidName> {
    let length = name.chars().count();
    if name.trim().is_empty() {
        return Err(InvalidName::Empty);
    }
    if length > NAME_MAX {
        return Err(InvalidName::TooLong(length));
    }
    if name.trim() != name || name.chars().any(char::is_control) {
        return Err(InvalidName::Unprintable(name.to_owned()));
    }
    Ok(())
}

/// Checks the name of an agents group or an agent: it appears in queue names and lanes.
///
/// # Errors
/// [`InvalidName`] that says what was expected.
pub fn check_plain_name(name: &str) -> Result<(), InvalidName> {
    check_name(name)?;
    match name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        Some(found) => Err(InvalidName::Character { name: name.to_owned(), found }),
        None => Ok(()),
    }
}
