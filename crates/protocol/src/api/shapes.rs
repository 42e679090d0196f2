//! The shapes of domain records that views hold as they are, for the API's document.
//!
//! Invariant: a test holds each to the record that it describes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;

/// A step of a job as it went so far.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepView {
    /// What people see; the tool's name when the stage gives none.
    name: String,
    /// The tool, `name` or `name@version`.
    tool: String,
    /// How far it has come.
    #[schema(value_type = words::StepStatus)]
    status: String,
    /// When its tool was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    /// When it became final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
    /// The tool's return code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retcode: Option<i32>,
    /// Why it failed or was skipped, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// How often it was tried; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
}

/// The change that a flow was started with, in a few words.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBrief {
    /// Who told of it, and what: `github-push`, `gitlab-pull_request`, `repo` for what was found by looking.
    trigger: String,
    /// The address of the repository.
    repo: String,
    /// The branch: of a pull request, the one that it comes from. A tag's name where a tag was pushed.
    branch: String,
    /// The commit before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// The commit to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// The pull request's title, else the first line of the newest commit's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// How many commits are kept of it.
    commits: u32,
    /// Who pushed, or opened the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// A page that shows the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The number of the pull request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_branch: Option<String>,
    /// The pull request comes from another repository: its author may not be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_fork: Option<bool>,
    /// How many changes of other repositories were found with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    others: Option<u32>,
}

#[cfg(test)]
mod tests;
