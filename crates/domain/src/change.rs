//! What changed in a repository so that a flow was started: who pushed which commits, or which pull request wants to go where.
//!
//! Stages see it as `ctx.flow.trigger`; it is kept beside its flow, which itself holds only the [`ChangeBrief`].
//!
//! Invariant: written as JSON, [`Change::bounded`] has at most the bytes that were asked for, so that it fits into one item of the table with
//! what stands around it. What had to go is said in `note`; the newest commits and their first lines go last.

mod bound;
mod brief;

use serde::{Deserialize, Serialize};

pub use brief::ChangeBrief;

/// The bytes that the changes of one flow have at most, as JSON. An item may have 64 KB.
pub const CHANGES_BYTES_MAX: usize = 48 * 1024;
/// Commits of a change that are kept: the newest.
pub const COMMITS_MAX: usize = 100;
/// Changes that are kept of one flow: a look at several repositories may find news in each.
pub const CHANGES_MAX: usize = 20;

/// A change that started a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Who told of it, and what: `github-push`, `gitlab-pull_request`, `repo` for what was found by looking.
    pub trigger: String,
    /// The address of the repository to check out: of a pull request, the one that it goes to, or the fork where that offers no ref for it.
    pub repo: String,
    /// The branch: of a pull request, the one that it comes from. A tag's name where a tag was pushed.
    pub branch: String,
    /// `refs/pull/7/head` and the like: where the repository offers `after` if no branch of it does; `refs/tags/…` for tags.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// The commit before; absent for a new branch. Of a pull request, the commit that its target was at.
    pub before: Option<String>,
    /// The commit to run; absent for a branch that is gone.
    pub after: Option<String>,
    /// What is new, oldest first.
    #[serde(default)]
    pub commits: Vec<Commit>,
    /// Who pushed, or opened the pull request.
    #[serde(default)]
    pub by: Person,
    /// A page that shows the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The pull request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullFacts>,
    /// What is not in here because it was too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A commit of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// The object name, in hexadecimal.
    pub id: String,
    /// Who wrote it.
    #[serde(default)]
    pub author: Author,
    /// When, as RFC 3339, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The whole message.
    #[serde(default)]
    pub message: String,
    /// Paths that it adds.
    #[serde(default)]
    pub added: Vec<String>,
    /// Paths that it changes.
    #[serde(default)]
    pub modified: Vec<String>,
    /// Paths that it removes.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The three lists are not whole, or nobody gave any.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paths_cut: bool,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who wrote a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The name; may be empty.
    pub name: String,
    /// The address; may be empty.
    pub email: String,
}

/// Somebody at a git host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name, the login where there is one; may be empty.
    pub name: String,
    /// The address, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What happened to a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullAction {
    /// It is new.
    Opened,
    /// Its source has other commits than before.
    Updated,
    /// It was closed and is open again.
    Reopened,
    /// It was a draft and is none any more.
    Ready,
    /// It wants to go into another branch than before.
    Retargeted,
    /// Its title, its labels or the like changed.
    Edited,
    /// It was closed without being merged.
    Closed,
    /// It was merged.
    Merged,
}

impl PullAction {
    /// Whether there is something to run that was not there before: other commits, or the same for a branch that they were never run for.
    pub fn is_to_be_run(self) -> bool {
        matches!(self, Self::Opened | Self::Updated | Self::Reopened | Self::Retargeted)
    }

    /// Whether nobody waits for its results any more.
    pub fn ends(self) -> bool {
        matches!(self, Self::Closed | Self::Merged)
    }
}

/// What a pull request is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullFacts {
    /// What happened to it.
    pub action: PullAction,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The branch that it goes to.
    pub target_branch: String,
    /// `owner/name` of where it comes from; absent when that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_repo: Option<String>,
    /// It comes from another repository.
    pub from_fork: bool,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// It is a draft.
    pub draft: bool,
}

#[cfg(test)]
mod tests;
