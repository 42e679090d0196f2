//! Repositories and pull requests as GitHub writes them; Gitea and Forgejo write theirs alike.

use super::parts::{self, LABEL_MAX, NAME_MAX};
use crate::{Person, PullAction, PullRequest, Refusal, Repo, node::Node};

/// A repository.
pub(super) fn repo(node: &Node<'_>) -> Result<Repo, Refusal> {
    let name = node.get("full_name").needed("the repository's owner and name")?;
    // `url` is the page in a push and the API's in everything else, so it is left alone.
    let urls = ["clone_url", "ssh_url", "html_url", "git_url"].map(|field| node.get(field).some_text(2_000));
    Ok(parts::repo(crate::text::shorten(name, NAME_MAX), urls))
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
