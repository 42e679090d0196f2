//! What all hosts' events are made of.

use crate::{Author, COMMITS_MAX, Commit, Event, GitRef, PullAction, Push, Refusal, Repo, RepoUrl, name::is_ref_name, node::Node};

/// Characters of a commit's message that are kept.
pub(super) const MESSAGE_MAX: usize = 10_000;
/// Characters of a title or a name.
pub(super) const NAME_MAX: usize = 500;
/// Characters of a path in a repository.
const PATH_MAX: usize = 4_096;
/// Paths of one commit that are kept in each of its three lists. Hosts cut long lists too, at 3,000 (GitHub), without saying so.
const PATHS_MAX: usize = 3_000;
/// Labels of a pull request that are kept, and characters of each.
const LABELS_MAX: usize = 100;
pub(super) const LABEL_MAX: usize = 100;

/// The branch or tag that a push moved; another ref as the event that it is.
pub(super) fn git_ref(node: &Node<'_>) -> Result<Result<GitRef, Event>, Refusal> {
    const EXPECTED: &str = "refs/heads/… or refs/tags/…, as git allows it";
    let name = node.needed(EXPECTED)?;
    let (kind, rest): (fn(String) -> GitRef, _) = match (name.strip_prefix("refs/heads/"), name.strip_prefix("refs/tags/")) {
        (Some(branch), _) => (GitRef::Branch, branch),
        (_, Some(tag)) => (GitRef::Tag, tag),
        _ => return Ok(Err(super::ignored(format!("a push to {name}, which is neither branch nor tag")))),
    };
    if is_ref_name(rest) { Ok(Ok(kind(rest.to_owned()))) } else { Err(node.refused(EXPECTED)) }
}

/// A repository from its name and the addresses that the host gave, as far as they are addresses of repositories.
pub(super) fn repo(name: String, urls: impl IntoIterator<Item = Option<String>>) -> Repo {
    let mut known: Vec<String> = Vec::new();
    for url in urls.into_iter().flatten() {
        if url.parse::<RepoUrl>().is_ok() && !known.contains(&url) {
            known.push(url);
        }
    }
    Repo { name, urls: known }
}

/// A commit as GitHub, GitLab and Gitea write it. `None`: it has no name.
pub(super) fn commit(node: &Node<'_>) -> Option<Commit> {
    let author = node.get("author");
    let mut commit = Commit {
        id: node.get("id").some_commit().ok()??,
        author: Author { name: author.get("name").text(NAME_MAX), email: author.get("email").text(NAME_MAX) },
        timestamp: node.get("timestamp").some_text(64),
        message: node.get("message").text(MESSAGE_MAX),
        url: node.get("url").link(),
        ..Commit::default()
    };
    for (name, list) in [("added", &mut commit.added), ("modified", &mut commit.modified), ("removed", &mut commit.removed)] {
        let paths = node.get(name);
        // An absent list is not an empty one.
        commit.paths_cut |= !paths.is_there() || paths.items().len() >= PATHS_MAX;
        *list = paths.texts(PATH_MAX);
        list.truncate(PATHS_MAX);
    }
    Some(commit)
}

/// Puts a push's commits in order, oldest first, keeps the newest, and finds the head's message. `listed`: how many the body has.
pub(super) fn settle(push: &mut Push, listed: usize) {
    let head = push.after.clone();
    let is_head = |commit: Option<&Commit>| commit.is_some_and(|commit| Some(&commit.id) == head.as_ref());
    // Some hosts write the newest first.
    if is_head(push.commits.first()) && !is_head(push.commits.last()) {
        push.commits.reverse();
    }
    if push.head_message.is_none() {
        push.head_message = push.commits.iter().rev().find(|commit| is_head(Some(commit))).map(|commit| commit.message.clone());
    }
    let surplus = push.commits.len().saturating_sub(COMMITS_MAX);
    push.complete &= surplus == 0 && push.commits.len() == listed;
    push.commits.drain(..surplus);
}

/// The commit that a pull request proposes. Only one that is over may have none: its branch or its whole repository may be gone.
pub(super) fn head(node: &Node<'_>, action: PullAction) -> Result<Option<String>, Refusal> {
    if action.ends() { node.some_commit() } else { node.commit().map(Some) }
}

/// The labels that are kept.
pub(super) fn labels(names: impl IntoIterator<Item = String>) -> Vec<String> {
    names.into_iter().filter(|name| !name.is_empty()).take(LABELS_MAX).collect()
}

/// Refuses a push that neither comes from nor goes to a commit.
pub(super) fn some_end(before: &Option<String>, after: &Option<String>, node: &Node<'_>) -> Result<(), Refusal> {
    if before.is_none() && after.is_none() { Err(node.refused("a commit, before the push or after it")) } else { Ok(()) }
}
