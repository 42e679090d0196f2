//! GitHub's events: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.

use super::{
    github_like::{pull_request, repo},
    ignored,
    parts::{self, MESSAGE_MAX, NAME_MAX},
};
use crate::{Event, Person, PullAction, Push, Refusal, node::Node};

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
    let git_ref = match parts::git_ref(&root.get("ref"))? {
        Ok(git_ref) => git_ref,
        Err(other) => return Ok(other),
    };
    let (before, after) = (root.get("before").some_commit()?, root.get("after").some_commit()?);
    parts::some_end(&before, &after, &root.get("after"))?;
    let pusher = root.get("pusher");
    let listed = root.get("commits").items().len();
    let mut push = Push {
        repo: repo(&root.get("repository"))?,
        git_ref,
        before,
        after,
        forced: root.get("forced").is_true(),
        commits: root.get("commits").items().filter_map(|node| parts::commit(&node)).collect(),
        complete: listed < LISTED_MAX,
        head_message: root.at(&["head_commit", "message"]).some_text(MESSAGE_MAX),
        skip_asked: false,
        pusher: Person { name: pusher.get("name").text(NAME_MAX), email: pusher.get("email").some_text(NAME_MAX) },
        compare_url: root.get("compare").link(),
    };
    parts::settle(&mut push, listed);
    Ok(Event::Push(Box::new(push)))
}

/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request>
fn pull(root: &Node<'_>) -> Result<Event, Refusal> {
    let merged = root.at(&["pull_request", "merged"]).is_true();
    let retargeted = root.at(&["changes", "base"]).is_there();
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
