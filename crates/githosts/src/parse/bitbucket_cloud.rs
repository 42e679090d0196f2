//! Bitbucket Cloud's events: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>.

use super::{
    ignored,
    parts::{self, MESSAGE_MAX, NAME_MAX},
};
use crate::{Author, Commit, Event, GitRef, Person, PullAction, PullRequest, Push, Refusal, Repo, node::Node, text::shorten};

/// Branches and tags of one push that are looked at.
const CHANGES_MAX: usize = 100;

pub(super) fn events(key: &str, root: &Node<'_>) -> Result<Vec<Event>, Refusal> {
    Ok(match key {
        "repo:push" => return pushes(root),
        "pullrequest:created" => vec![pull(PullAction::Opened, root)?],
        // Sent for new commits as for a new title, without saying which: taken for the former, which the head's name then confirms or not.
        "pullrequest:updated" => vec![pull(PullAction::Updated, root)?],
        "pullrequest:fulfilled" => vec![pull(PullAction::Merged, root)?],
        "pullrequest:rejected" => vec![pull(PullAction::Closed, root)?],
        other => vec![ignored(format!("the event {other}"))],
    })
}

fn repo(node: &Node<'_>) -> Result<Repo, Refusal> {
    let name = shorten(node.get("full_name").needed("the repository's workspace and name")?, NAME_MAX);
    // The addresses for cloning are not told; they follow from the name (<https://support.atlassian.com/bitbucket-cloud/docs/clone-a-git-repository/>).
    let clone = [format!("https://bitbucket.org/{name}.git"), format!("git@bitbucket.org:{name}.git")].map(Some);
    Ok(parts::repo(name, clone.into_iter().chain([node.at(&["links", "html", "href"]).some_text(2_000)])))
}

fn person(node: &Node<'_>) -> Person {
    let name = node.get("nickname").some_text(NAME_MAX).unwrap_or_else(|| node.get("display_name").text(NAME_MAX));
    Person { name, email: None }
}

fn pushes(root: &Node<'_>) -> Result<Vec<Event>, Refusal> {
    let repo = repo(&root.get("repository"))?;
    let pusher = person(&root.get("actor"));
    let changes = root.at(&["push", "changes"]);
    let mut events = Vec::new();
    for change in changes.items().take(CHANGES_MAX) {
        events.push(push(&change, &repo, &pusher)?);
    }
    match changes.items().len() {
        0 => events.push(ignored("a push without changes")),
        all if all > CHANGES_MAX => events.push(ignored(format!("{} more branches in the same push", all - CHANGES_MAX))),
        _ => {}
    }
    Ok(events)
}

/// One branch or tag; `old` is null when it is new, `new` when it is gone.
fn push(change: &Node<'_>, repo: &Repo, pusher: &Person) -> Result<Event, Refusal> {
    let (old, new) = (change.get("old"), change.get("new"));
    let moved = if new.is_there() { &new } else { &old };
    let name = moved.get("name").ref_name()?;
    let git_ref = match moved.get("type").text(40).as_str() {
        "branch" | "named_branch" => GitRef::Branch(name),
        "tag" | "annotated_tag" => GitRef::Tag(name),
        other => return Ok(ignored(format!("a push to {name}, which is neither branch nor tag but {other:?}"))),
    };
    let (before, after) = (old.at(&["target", "hash"]).some_commit()?, new.at(&["target", "hash"]).some_commit()?);
    parts::some_end(&before, &after, &new.at(&["target", "hash"]))?;
    let mut push = Push {
        repo: repo.clone(),
        git_ref,
        before,
        after,
        forced: change.get("forced").is_true(),
        commits: change.get("commits").items().filter_map(|node| commit(&node)).collect(),
        // Only the newest five are listed.
        complete: change.get("commits").is_there() && !change.get("truncated").is_true(),
        head_message: new.at(&["target", "message"]).some_text(MESSAGE_MAX),
        skip_asked: false,
        pusher: pusher.clone(),
        compare_url: change.at(&["links", "html", "href"]).link(),
    };
    parts::settle(&mut push, change.get("commits").items().len());
    Ok(Event::Push(Box::new(push)))
}

/// A commit; its paths are not told.
fn commit(node: &Node<'_>) -> Option<Commit> {
    Some(Commit {
        id: node.get("hash").some_commit().ok()??,
        author: author(&node.at(&["author", "raw"]).text(NAME_MAX)),
        timestamp: node.get("date").some_text(64),
        message: node.get("message").text(MESSAGE_MAX),
        paths_cut: true,
        url: node.at(&["links", "html", "href"]).link(),
        ..Commit::default()
    })
}

/// `Name <address>`.
fn author(raw: &str) -> Author {
    match raw.rsplit_once('<') {
        Some((name, email)) => Author { name: name.trim().to_owned(), email: email.trim_end_matches('>').trim().to_owned() },
        None => Author { name: raw.trim().to_owned(), email: String::new() },
    }
}

fn pull(action: PullAction, root: &Node<'_>) -> Result<Event, Refusal> {
    let pull = root.get("pullrequest");
    let (source, target) = (pull.get("source"), pull.get("destination"));
    let target_repo = match target.get("repository").there() {
        Some(node) => repo(&node)?,
        None => repo(&root.get("repository"))?,
    };
    let source_repo = source.get("repository").there().map(|node| repo(&node)).transpose()?;
    Ok(Event::PullRequest(Box::new(PullRequest {
        action,
        number: pull.get("id").number()?,
        title: pull.get("title").text(NAME_MAX),
        from_fork: source_repo.as_ref().is_none_or(|source| !source.name.eq_ignore_ascii_case(&target_repo.name)),
        repo: target_repo,
        target_branch: target.at(&["branch", "name"]).ref_name()?,
        base_sha: target.at(&["commit", "hash"]).some_commit()?,
        source_repo,
        source_branch: source.at(&["branch", "name"]).ref_name()?,
        head_sha: parts::head(&source.at(&["commit", "hash"]), action)?,
        head_message: None,
        fetch_ref: None,
        author: person(&pull.get("author")),
        url: pull.at(&["links", "html", "href"]).link(),
        labels: Vec::new(),
        draft: pull.get("draft").is_true(),
    })))
}
