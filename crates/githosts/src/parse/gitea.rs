//! Gitea's and Forgejo's events: <https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>; the members are those of
//! `PushPayload` and `PullRequestPayload` in the API's types (<https://pkg.go.dev/code.gitea.io/gitea/modules/structs>).

use super::{
    github_like::{pull_request, repo},
    ignored,
    parts::{self, MESSAGE_MAX, NAME_MAX},
};
use crate::{Event, Person, PullAction, Push, Refusal, node::Node};

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
        forced: false,
        commits: root.get("commits").items().filter_map(|node| parts::commit(&node)).collect(),
        // The list is cut to what the activity feed shows (5 unless configured); how many there are came with version 1.16.
        complete: root.get("total_commits").some_number().is_some_and(|total| total <= listed as u64),
        head_message: root.at(&["head_commit", "message"]).some_text(MESSAGE_MAX),
        skip_asked: false,
        pusher: Person { name: pusher.get("login").text(NAME_MAX), email: pusher.get("email").some_text(NAME_MAX) },
        compare_url: root.get("compare_url").link(),
    };
    parts::settle(&mut push, listed);
    Ok(Event::Push(Box::new(push)))
}

fn pull(root: &Node<'_>) -> Result<Event, Refusal> {
    let merged = root.at(&["pull_request", "merged"]).is_true();
    let retargeted = root.at(&["changes", "ref"]).is_there();
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
