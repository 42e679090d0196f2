//! When an author asks that nothing runs.
//!
//! The marks are those of GitHub Actions (<https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs>) and of GitLab
//! (<https://docs.gitlab.com/ci/pipelines/#skip-a-pipeline>), together, whatever the host: people know one or the other. Only the newest commit
//! counts, as it does there.

use serde::{Deserialize, Serialize};

use crate::{Event, text::first_line};

/// GitHub's five, and the further spellings that GitLab takes: a hyphen or an underscore for the space.
const MARKS: [&str; 9] =
    ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]", "[skip-ci]", "[ci-skip]", "[skip_ci]", "[ci_skip]"];
/// GitHub's trailer, the last of the message.
const TRAILER: &str = "skip-checks";

/// Why nothing runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The newest commit's message has this mark.
    Mark {
        /// The mark.
        mark: String,
        /// The message's first line, shortened.
        commit: String,
    },
    /// The push was made with `-o ci.skip` (<https://docs.gitlab.com/topics/git/commit/#push-options-for-gitlab-cicd>).
    PushOption,
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mark { mark, commit } => write!(f, "the newest commit ({commit}) says {mark}"),
            Self::PushOption => f.write_str("the push was made with the option ci.skip"),
        }
    }
}

/// The mark in a commit's message, in whatever capitals, that asks for no flow.
pub fn skip_mark(message: &str) -> Option<&'static str> {
    // ASCII only: the capitals of other scripts must not move the bytes of what is searched.
    let message = message.to_ascii_lowercase();
    MARKS.into_iter().find(|mark| message.contains(mark)).or_else(|| has_trailer(&message).then_some(TRAILER))
}

/// `skip-checks: true` as the last line, after an empty one.
fn has_trailer(message: &str) -> bool {
    let mut lines = message.trim_end().rsplit('\n');
    let last = lines.next().and_then(|line| line.trim().split_once(':'));
    let is_trailer = last.is_some_and(|(name, value)| name == TRAILER && value.trim() == "true");
    // Other trailers may stand between it and the empty line.
    is_trailer && lines.any(|line| line.trim().is_empty())
}

/// Whether the author of what happened asked that nothing runs. A pull request's newest commit is told by GitLab alone.
pub fn skipped(event: &Event) -> Option<SkipReason> {
    let message = match event {
        Event::Push(push) if push.skip_asked => return Some(SkipReason::PushOption),
        Event::Push(push) => push.head_message.as_deref()?,
        Event::PullRequest(pull) => pull.head_message.as_deref()?,
        Event::Ping | Event::Ignored { .. } => return None,
    };
    Some(mark_found(skip_mark(message)?, message))
}

/// The reason that a mark in a newest commit's message is.
pub(crate) fn mark_found(mark: &str, message: &str) -> SkipReason {
    SkipReason::Mark { mark: mark.to_owned(), commit: crate::text::shorten(&first_line(message), 80) }
}

#[cfg(test)]
mod tests;
