//! Gitea's and Forgejo's events: <https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>; the members are those of
//! `PushPayload` and `PullRequestPayload` in the API's types (<https://pkg.go.dev/code.gitea.io/gitea/modules/structs>).

use super::{
    github_like::{self, Particular, listed, pull_request},
    ignored,
};
use crate::{Event, PullAction, Refusal, node::Node};

/// Titles that begin so are drafts unless the administrator changed it (`WORK_IN_PROGRESS_PREFIXES`,
/// <https://docs.gitea.com/administration/config-cheat-sheet#repository---pull-request-repositorypull-request>).
const DRAFT_MARKS: [&str; 2] = ["wip:", "[wip]"];

pub(super) fn event(kind: &str, root: &Node<'_>) -> Result<Event, Refusal> {
    match kind {
        "push" => push(root),
        // Which of the subjects of a pull request it is stands in the action; old versions also told by the event.
        "pull_request" | "pull_request_sync" | "pull_request_label" => pull(root),
        "create" | "delete" => Ok(ignored(format!("{kind}: the push tells the same"))),
        other => Ok(ignored(format!("the event {other}"))),
    }
}

fn push(root: &Node<'_>) -> Result<Event, Refusal> {
    // The list is cut to what the activity feed shows (5 unless configured); how many there are came with version 1.16.
    let complete = root.get("total_commits").some_number().is_some_and(|total| total <= listed(root) as u64);
    github_like::push(root, Particular { forced: false, complete, pusher: "login", compare: "compare_url" })
}

fn pull(root: &Node<'_>) -> Result<Event, Refusal> {
    let merged = root.at(&["pull_request", "merged"]).is_true();
    let retargeted = root.at(&["changes", "ref"]).is_there() && github_like::goes_elsewhere(root, &root.at(&["changes", "ref", "from"]));
    let action = match root.get("action").needed("the action: opened, synchronized, closed and so on")? {
        "opened" => PullAction::Opened,
        "synchronized" => PullAction::Updated,
        "reopened" => PullAction::Reopened,
        "closed" if merged => PullAction::Merged,
        "closed" => PullAction::Closed,
        "edited" if retargeted => PullAction::Retargeted,
        "edited" | "label_updated" | "label_cleared" => PullAction::Edited,
        other => return Ok(ignored(format!("a pull request was {other}"))),
    };
    let mut pull = pull_request(action, root)?;
    let title = pull.title.to_lowercase();
    pull.draft |= DRAFT_MARKS.iter().any(|mark| title.starts_with(mark));
    Ok(Event::PullRequest(Box::new(pull)))
}
