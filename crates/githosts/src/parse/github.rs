//! GitHub's events: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use super::{
    github_like::{self, Particular, listed, pull_request},
    ignored,
};
use crate::{Event, PullAction, Refusal, node::Node};

/// Commits that GitHub lists at most: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>.
const LISTED_MAX: usize = 2_048;

pub(super) fn event(kind: &str, root: &Node<'_>) -> Result<Event, Refusal> {
    match kind {
        "ping" => Ok(Event::Ping),
        "push" => push(root),
        "pull_request" => pull(root),
        "create" | "delete" => Ok(ignored(format!("{kind}: the push tells the same"))),
        other => Ok(ignored(format!("the event {other}"))),
    }
}

fn push(root: &Node<'_>) -> Result<Event, Refusal> {
    let complete = listed(root) < LISTED_MAX;
    github_like::push(root, Particular { forced: root.get("forced").is_true(), complete, pusher: "name", compare: "compare" })
}

/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
fn pull(root: &Node<'_>) -> Result<Event, Refusal> {
    let merged = root.at(&["pull_request", "merged"]).is_true();
    let retargeted =
        root.at(&["changes", "base"]).is_there() && github_like::goes_elsewhere(root, &root.at(&["changes", "base", "ref", "from"]));
    let action = match root.get("action").needed("the action: opened, synchronize, closed and so on")? {
        "opened" => PullAction::Opened,
        "synchronize" => PullAction::Updated,
        "reopened" => PullAction::Reopened,
        "ready_for_review" => PullAction::Ready,
        "closed" if merged => PullAction::Merged,
        "closed" => PullAction::Closed,
        "edited" if retargeted => PullAction::Retargeted,
        "edited" | "labeled" | "unlabeled" | "converted_to_draft" => PullAction::Edited,
        other => return Ok(ignored(format!("a pull request was {other}"))),
    };
    Ok(Event::PullRequest(Box::new(pull_request(action, root)?)))
}
