//! A change in a few words: what a flow carries of it through lists.

use serde::{Deserialize, Serialize};

use super::{Change, bound::shortened};

/// Characters of a title or of a commit's first line that are kept.
const SUBJECT_MAX: usize = 120;
/// Characters of names and addresses that are kept.
const NAME_MAX: usize = 500;

/// A change in a few words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeBrief {
    /// Who told of it, and what: `github-push`.
    pub trigger: String,
    /// The address of the repository.
    pub repo: String,
    /// The branch: of a pull request, the one that it comes from. A tag's name where a tag was pushed.
    pub branch: String,
    /// The commit before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The commit to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The pull request's title, else the first line of the newest commit's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How many commits are kept of it.
    #[serde(default)]
    pub commits: u32,
    /// Who pushed, or opened the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A page that shows the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The number of the pull request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// The branch that the pull request goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_branch: Option<String>,
    /// The pull request comes from another repository: its author may not be trusted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_fork: bool,
    /// Changes of other repositories that were found with it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub others: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_none(number: &u32) -> bool {
    *number == 0
}

impl ChangeBrief {
    /// The first of a flow's changes in a few words, and how many others there are; `None` when there is none.
    pub fn of(changes: &[Change]) -> Option<Self> {
        let (first, others) = changes.split_first()?;
        let pull = first.pull_request.as_ref();
        let newest = || first.commits.last().and_then(|commit| commit.message.trim_start().lines().next());
        let subject = pull.map(|pull| pull.title.as_str()).or_else(newest).filter(|subject| !subject.is_empty());
        let name = |text: &str| shortened(text, NAME_MAX);
        Some(Self {
            trigger: name(&first.trigger),
            repo: name(&first.repo),
            branch: name(&first.branch),
            before: first.before.as_deref().map(name),
            after: first.after.as_deref().map(name),
            subject: subject.map(|subject| shortened(subject, SUBJECT_MAX)),
            commits: u32::try_from(first.commits.len()).unwrap_or(u32::MAX),
            by: Some(name(&first.by.name)).filter(|by| !by.is_empty()),
            url: first.url.as_deref().or_else(|| pull?.url.as_deref()).map(name),
            pull_request: pull.map(|pull| pull.number),
            target_branch: pull.map(|pull| name(&pull.target_branch)),
            from_fork: pull.is_some_and(|pull| pull.from_fork),
            others: u32::try_from(others.len()).unwrap_or(u32::MAX),
        })
    }
}
