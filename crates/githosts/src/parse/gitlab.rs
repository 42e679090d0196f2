//! GitLab's events: <https://docs.gitlab.com/user/project/integrations/webhook_events/>.

use super::{
    ignored,
    parts::{self, LABEL_MAX, MESSAGE_MAX, NAME_MAX},
};
use crate::{Event, Person, PullAction, PullRequest, Push, Refusal, Repo, node::Node};

/// The header says who hooked (a project, a group, the system), so what happened is read from the body where it stands there.
pub(super) fn event(header: &str, root: &Node<'_>) -> Result<Event, Refusal> {
    let kind = root.get("object_kind").some_text(60).or_else(|| root.get("event_name").some_text(60));
    match kind.as_deref() {
        Some("push" | "tag_push") => push(root),
        Some("merge_request") => merge_request(root),
        Some(other) => Ok(ignored(format!("the event {other}"))),
        None => Ok(ignored(format!("the event {header}"))),
    }
}

fn repo(node: &Node<'_>) -> Result<Repo, Refusal> {
    let name = node.get("path_with_namespace").needed("the project's path with its groups")?;
    let urls = ["git_http_url", "git_ssh_url", "web_url", "http_url", "ssh_url"].map(|field| node.get(field).some_text(2_000));
    Ok(parts::repo(crate::text::shorten(name, NAME_MAX), urls))
}

fn push(root: &Node<'_>) -> Result<Event, Refusal> {
    let git_ref = match parts::git_ref(&root.get("ref"))? {
        Ok(git_ref) => git_ref,
        Err(other) => return Ok(other),
    };
    let (before, after) = (root.get("before").some_commit()?, root.get("after").some_commit()?);
    parts::some_end(&before, &after, &root.get("after"))?;
    let project = root.get("project");
    let listed = root.get("commits").items().len();
    let compare = compare_page(project.get("web_url").link(), before.as_deref(), after.as_deref());
    let name = root.get("user_username").some_text(NAME_MAX).unwrap_or_else(|| root.get("user_name").text(NAME_MAX));
    let mut push = Push {
        repo: repo(&project)?,
        git_ref,
        before,
        after,
        forced: false,
        commits: root.get("commits").items().filter_map(|node| parts::commit(&node)).collect(),
        // Only the newest 20 are listed.
        complete: root.get("total_commits_count").some_number().is_some_and(|total| total <= listed as u64),
        head_message: None,
        skip_asked: root.at(&["push_options", "ci", "skip"]).is_true(),
        pusher: Person { name, email: root.get("user_email").some_text(NAME_MAX) },
        compare_url: compare,
    };
    parts::settle(&mut push, listed);
    Ok(Event::Push(Box::new(push)))
}

fn compare_page(project: Option<String>, before: Option<&str>, after: Option<&str>) -> Option<String> {
    Some(format!("{}/-/compare/{}...{}", project?, before?, after?))
}

/// <https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events>
fn merge_request(root: &Node<'_>) -> Result<Event, Refusal> {
    let request = root.get("object_attributes");
    let changes = root.get("changes");
    let no_draft_any_more = ["draft", "work_in_progress"].iter().any(|field| {
        let change = changes.get(field);
        change.get("previous").is_true() && change.get("current").is_there() && !change.get("current").is_true()
    });
    // That of a request that is over can be changed as well, which is nobody's business any more.
    let target = changes.get("target_branch");
    let is_open = request.get("state").some_text(20).is_none_or(|state| state == "opened");
    let retargeted =
        target.is_there() && is_open && target.get("previous").some_text(NAME_MAX) != target.get("current").some_text(NAME_MAX);
    // The test button of GitLab sends a request without action.
    let action = match request.get("action").some_text(60).as_deref() {
        Some("open") => PullAction::Opened,
        Some("reopen") => PullAction::Reopened,
        Some("close") => PullAction::Closed,
        Some("merge") => PullAction::Merged,
        // `oldrev` is there only when there are new commits.
        Some("update") if request.get("oldrev").is_there() => PullAction::Updated,
        Some("update") if retargeted => PullAction::Retargeted,
        Some("update") if no_draft_any_more => PullAction::Ready,
        Some("update") => PullAction::Edited,
        Some(other) => return Ok(ignored(format!("a merge request was {other}"))),
        None => return Ok(ignored("a merge request without an action")),
    };
    let target = match request.get("target").there() {
        Some(node) => repo(&node)?,
        None => repo(&root.get("project"))?,
    };
    let source = request.get("source").there().map(|node| repo(&node)).transpose()?;
    let number = request.get("iid").number()?;
    let labels = if root.get("labels").is_there() { root.get("labels") } else { request.get("labels") };
    let user = root.get("user");
    let is_author = request.get("author_id").some_number().is_some_and(|author| user.get("id").some_number() == Some(author));
    let person = is_author.then(|| Person { name: user.get("username").text(NAME_MAX), email: user.get("email").some_text(NAME_MAX) });
    let from_fork = match (request.get("source_project_id").some_number(), request.get("target_project_id").some_number()) {
        (Some(source), Some(target)) => source != target,
        _ => source.as_ref().is_none_or(|source| !source.name.eq_ignore_ascii_case(&target.name)),
    };
    let last = request.get("last_commit");
    let title = request.get("title").text(NAME_MAX);
    Ok(Event::PullRequest(Box::new(PullRequest {
        action,
        number,
        draft: request.get("draft").is_true() || request.get("work_in_progress").is_true(),
        title,
        repo: target,
        target_branch: request.get("target_branch").ref_name()?,
        base_sha: None,
        source_repo: source,
        from_fork,
        source_branch: request.get("source_branch").ref_name()?,
        head_sha: parts::head(&last.get("id"), action)?,
        head_message: last.get("message").some_text(MESSAGE_MAX),
        // <https://docs.gitlab.com/user/project/merge_requests/versions/#use-head-refs-in-a-pipeline>
        fetch_ref: Some(format!("refs/merge-requests/{number}/head")),
        // The one who acts is told by name, the author only by number; the commit's author is the next best.
        author: person.unwrap_or_else(|| Person {
            name: last.at(&["author", "name"]).text(NAME_MAX),
            email: last.at(&["author", "email"]).some_text(NAME_MAX),
        }),
        url: request.get("url").link(),
        labels: parts::labels(labels.items().map(|label| label.get("title").text(LABEL_MAX))),
    })))
}
