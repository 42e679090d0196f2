//! Repositories, pushes and pull requests as GitHub writes them; Gitea and Forgejo write theirs alike.

use super::parts::{self, LABEL_MAX, MESSAGE_MAX, NAME_MAX};
use crate::{Event, Person, PullAction, PullRequest, Push, Refusal, Repo, node::Node};

/// A repository.
fn repo(node: &Node<'_>) -> Result<Repo, Refusal> {
    let name = node.get("full_name").needed("the repository's owner and name")?;
    // `url` is the page in a push and the API's in everything else, so it is left alone.
    let urls = ["clone_url", "ssh_url", "html_url", "git_url"].map(|field| node.get(field).some_text(2_000));
    Ok(parts::repo(crate::text::shorten(name, NAME_MAX), urls))
}

/// Whether a pull request that is open goes into another branch than `before`. The target of one that is over can be changed as well, which is
/// nobody's business any more.
pub(super) fn goes_elsewhere(root: &Node<'_>, before: &Node<'_>) -> bool {
    let pull = root.get("pull_request");
    let (before, now) = (before.some_text(NAME_MAX), pull.at(&["base", "ref"]).some_text(NAME_MAX));
    pull.get("state").some_text(20).is_none_or(|state| state == "open") && before != now
}

/// Where the hosts differ about a push.
pub(super) struct Particular {
    /// Whether commits were taken away.
    pub(super) forced: bool,
    /// Whether all commits are listed.
    pub(super) complete: bool,
    /// The member of the pusher that holds the name.
    pub(super) pusher: &'static str,
    /// The member that holds the address of the comparison.
    pub(super) compare: &'static str,
}

/// How many commits a push lists.
pub(super) fn listed(root: &Node<'_>) -> usize {
    root.get("commits").items().len()
}

/// A push; something else where what was pushed is neither branch nor tag.
pub(super) fn push(root: &Node<'_>, particular: Particular) -> Result<Event, Refusal> {
    let git_ref = match parts::git_ref(&root.get("ref"))? {
        Ok(git_ref) => git_ref,
        Err(other) => return Ok(other),
    };
    let (before, after) = (root.get("before").some_commit()?, root.get("after").some_commit()?);
    parts::some_end(&before, &after, &root.get("after"))?;
    let pusher = root.get("pusher");
    let mut push = Push {
        repo: repo(&root.get("repository"))?,
        git_ref,
        before,
        after,
        forced: particular.forced,
        commits: root.get("commits").items().filter_map(|node| parts::commit(&node)).collect(),
        complete: particular.complete,
        head_message: root.at(&["head_commit", "message"]).some_text(MESSAGE_MAX),
        skip_asked: false,
        pusher: Person { name: pusher.get(particular.pusher).text(NAME_MAX), email: pusher.get("email").some_text(NAME_MAX) },
        compare_url: root.get(particular.compare).link(),
    };
    parts::settle(&mut push, listed(root));
    Ok(Event::Push(Box::new(push)))
}

/// A pull request.
pub(super) fn pull_request(action: PullAction, root: &Node<'_>) -> Result<PullRequest, Refusal> {
    let pull = root.get("pull_request");
    let (head, base) = (pull.get("head"), pull.get("base"));
    let number = match root.get("number").some_number() {
        Some(number) => number,
        None => pull.get("number").number()?,
    };
    let target = match base.get("repo").there() {
        Some(node) => repo(&node)?,
        None => repo(&root.get("repository"))?,
    };
    let source = head.get("repo").there().map(|node| repo(&node)).transpose()?;
    Ok(PullRequest {
        action,
        number,
        title: pull.get("title").text(NAME_MAX),
        from_fork: source.as_ref().is_none_or(|source| !source.name.eq_ignore_ascii_case(&target.name)),
        repo: target,
        target_branch: base.get("ref").ref_name()?,
        base_sha: base.get("sha").some_commit()?,
        source_repo: source,
        source_branch: head.get("ref").ref_name()?,
        head_sha: parts::head(&head.get("sha"), action)?,
        head_message: None,
        fetch_ref: Some(format!("refs/pull/{number}/head")),
        author: Person { name: pull.at(&["user", "login"]).text(NAME_MAX), email: pull.at(&["user", "email"]).some_text(NAME_MAX) },
        url: pull.get("html_url").link(),
        labels: parts::labels(pull.get("labels").items().map(|label| label.get("name").text(LABEL_MAX))),
        draft: pull.get("draft").is_true(),
    })
}
