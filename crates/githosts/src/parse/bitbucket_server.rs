//! Bitbucket Server's and Data Center's events: <https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html>.

use super::{
    ignored,
    parts::{self, MESSAGE_MAX, NAME_MAX},
};
use crate::{Author, Commit, Event, Person, PullAction, PullRequest, Push, Refusal, Repo, node::Node};

/// Branches and tags of one push that are looked at.
const CHANGES_MAX: usize = 100;

pub(super) fn events(key: &str, root: &Node<'_>) -> Result<Vec<Event>, Refusal> {
    Ok(match key {
        "diagnostics:ping" => vec![Event::Ping],
        "repo:refs_changed" => return pushes(root),
        "pr:opened" => vec![pull(PullAction::Opened, root)?],
        "pr:from_ref_updated" => vec![pull(PullAction::Updated, root)?],
        "pr:to_ref_updated" => vec![ignored("the target of a pull request moved")],
        "pr:modified" if is_retargeted(root) => vec![pull(PullAction::Retargeted, root)?],
        "pr:modified" => vec![pull(PullAction::Edited, root)?],
        "pr:merged" => vec![pull(PullAction::Merged, root)?],
        "pr:declined" | "pr:deleted" => vec![pull(PullAction::Closed, root)?],
        other => vec![ignored(format!("the event {other}"))],
    })
}

fn is_retargeted(root: &Node<'_>) -> bool {
    let (previous, now) = (root.at(&["previousTarget", "id"]).some_text(2_000), root.at(&["pullRequest", "toRef", "id"]).some_text(2_000));
    let is_open = root.at(&["pullRequest", "state"]).some_text(20).is_none_or(|state| state == "OPEN");
    is_open && previous.is_some() && previous != now
}

/// The addresses for cloning are told by newer versions. Of the page's (`…/projects/KEY/repos/slug/browse`) the address over HTTP is made, which is
/// `…/scm/key/slug.git`: <https://confluence.atlassian.com/bitbucketserver/clone-a-repository-790632786.html>.
fn repo(node: &Node<'_>) -> Result<Repo, Refusal> {
    let key = node.at(&["project", "key"]).needed("the project's key")?;
    let slug = node.get("slug").needed("the repository's slug")?;
    let told = node.at(&["links", "clone"]).items().map(|link| link.get("href").some_text(2_000)).collect::<Vec<_>>();
    let pages = node.at(&["links", "self"]).items().map(|link| link.get("href").some_text(2_000)).collect::<Vec<_>>();
    let made = pages.iter().flatten().filter_map(|page| {
        let at = page.find("/projects/").or_else(|| page.find("/users/"))?;
        Some(Some(format!("{}/scm/{key}/{slug}.git", &page[..at])))
    });
    let made = made.collect::<Vec<_>>();
    // Over HTTP first: that is the one that works without a key.
    let (web, other): (Vec<_>, Vec<_>) = told.into_iter().partition(|url| url.as_deref().is_some_and(|url| url.starts_with("http")));
    Ok(parts::repo(crate::text::shorten(&format!("{key}/{slug}"), NAME_MAX), web.into_iter().chain(made).chain(other)))
}

fn person(node: &Node<'_>) -> Person {
    Person { name: node.get("name").text(NAME_MAX), email: node.get("emailAddress").some_text(NAME_MAX) }
}

fn pushes(root: &Node<'_>) -> Result<Vec<Event>, Refusal> {
    let repo = repo(&root.get("repository"))?;
    let pusher = person(&root.get("actor"));
    let changes = root.get("changes");
    let mut events = Vec::new();
    for change in changes.items().take(CHANGES_MAX) {
        // Versions from 8 on tell the commits, of the whole push.
        let alone = changes.items().len() == 1;
        events.push(push(&change, &repo, &pusher, alone.then_some(root))?);
    }
    match changes.items().len() {
        0 => events.push(ignored("a push without changes")),
        all if all > CHANGES_MAX => events.push(ignored(format!("{} more branches in the same push", all - CHANGES_MAX))),
        _ => {}
    }
    Ok(events)
}

fn push(change: &Node<'_>, repo: &Repo, pusher: &Person, whole: Option<&Node<'_>>) -> Result<Event, Refusal> {
    let git_ref = match parts::git_ref(&change.at(&["ref", "id"]))? {
        Ok(git_ref) => git_ref,
        Err(other) => return Ok(other),
    };
    let (before, after) = (change.get("fromHash").some_commit()?, change.get("toHash").some_commit()?);
    parts::some_end(&before, &after, &change.get("toHash"))?;
    let mut push = Push {
        repo: repo.clone(),
        git_ref,
        before,
        after,
        forced: false,
        commits: whole.map(|root| root.get("commits").items().filter_map(|node| commit(&node)).collect()).unwrap_or_default(),
        // How many there are is not told, and the list is cut.
        complete: false,
        head_message: whole.and_then(|root| root.at(&["toCommit", "message"]).some_text(MESSAGE_MAX)),
        skip_asked: false,
        pusher: pusher.clone(),
        compare_url: None,
    };
    parts::settle(&mut push, 0);
    Ok(Event::Push(Box::new(push)))
}

/// A commit; its paths are not told, its time is in milliseconds.
fn commit(node: &Node<'_>) -> Option<Commit> {
    let written_ms = node.get("authorTimestamp").some_number().and_then(|ms| i64::try_from(ms).ok());
    let author = node.get("author");
    Some(Commit {
        id: node.get("id").some_commit().ok()??,
        author: Author { name: author.get("name").text(NAME_MAX), email: author.get("emailAddress").text(NAME_MAX) },
        timestamp: written_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).map(|time| time.to_string()),
        message: node.get("message").text(MESSAGE_MAX),
        paths_cut: true,
        ..Commit::default()
    })
}

fn pull(action: PullAction, root: &Node<'_>) -> Result<Event, Refusal> {
    let pull = root.get("pullRequest");
    let (source, target) = (pull.get("fromRef"), pull.get("toRef"));
    let target_repo = repo(&target.get("repository"))?;
    let source_repo = source.get("repository").there().map(|node| repo(&node)).transpose()?;
    let number = pull.get("id").number()?;
    Ok(Event::PullRequest(Box::new(PullRequest {
        action,
        number,
        title: pull.get("title").text(NAME_MAX),
        from_fork: source_repo.as_ref().is_none_or(|source| !source.name.eq_ignore_ascii_case(&target_repo.name)),
        repo: target_repo,
        target_branch: target.get("displayId").ref_name()?,
        base_sha: target.get("latestCommit").some_commit()?,
        source_repo,
        source_branch: source.get("displayId").ref_name()?,
        head_sha: parts::head(&source.get("latestCommit"), action)?,
        head_message: None,
        // <https://confluence.atlassian.com/bitbucketserverkb/understanding-pull-request-refs-779171606.html>
        fetch_ref: Some(format!("refs/pull-requests/{number}/from")),
        author: person(&pull.at(&["author", "user"])),
        url: pull.at(&["links", "self"]).items().find_map(|link| link.get("href").link()),
        labels: Vec::new(),
        draft: pull.get("draft").is_true(),
    })))
}
