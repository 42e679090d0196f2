//! From what a delivery says to the change that a flow is started with.

use kraken_domain::change::{CHANGES_BYTES_MAX, Change, Commit, PullFacts};

use crate::{Event, GitHost, PullRequest, Push};

/// The change that an event brings; `None` for what starts nothing.
pub fn change_of(host: GitHost, event: &Event) -> Option<Change> {
    match event {
        Event::Push(push) => Some(change_of_push(host, push)),
        Event::PullRequest(pull) => Some(change_of_pull_request(host, pull)),
        Event::Ping | Event::Ignored { .. } => None,
    }
}

/// The change of a push.
pub fn change_of_push(host: GitHost, push: &Push) -> Change {
    let note = (!push.complete && !push.commits.is_empty()).then(|| "there are more commits than are listed".to_owned());
    let change = Change {
        trigger: format!("{host}-push"),
        repo: push.repo.clone_url().unwrap_or(&push.repo.name).to_owned(),
        branch: push.git_ref.name().to_owned(),
        git_ref: push.git_ref.branch().is_none().then(|| format!("refs/tags/{}", push.git_ref.name())),
        before: push.before.clone(),
        after: push.after.clone(),
        commits: push.commits.clone(),
        by: push.pusher.clone(),
        url: push.compare_url.clone(),
        pull_request: None,
        note,
    };
    change.bounded(CHANGES_BYTES_MAX)
}

/// The change of a pull request. Its commits are not told by the hosts, but for the newest by GitLab.
pub fn change_of_pull_request(host: GitHost, pull: &PullRequest) -> Change {
    let source = pull.source_repo.as_ref();
    // Where the target offers no ref, the branch is fetched from where it is.
    let from = if pull.fetch_ref.is_some() { &pull.repo } else { source.unwrap_or(&pull.repo) };
    let newest = pull.head_sha.as_ref().zip(pull.head_message.as_ref()).map(|(id, message)| Commit {
        id: id.clone(),
        message: message.clone(),
        paths_cut: true,
        ..Commit::default()
    });
    let change = Change {
        trigger: format!("{host}-pull_request"),
        repo: from.clone_url().unwrap_or(&from.name).to_owned(),
        branch: pull.source_branch.clone(),
        git_ref: pull.fetch_ref.clone(),
        before: pull.base_sha.clone(),
        after: pull.head_sha.clone(),
        commits: newest.into_iter().collect(),
        by: pull.author.clone(),
        url: pull.url.clone(),
        pull_request: Some(PullFacts {
            action: pull.action,
            number: pull.number,
            title: pull.title.clone(),
            url: pull.url.clone(),
            target_branch: pull.target_branch.clone(),
            source_repo: source.map(|repo| repo.name.clone()),
            from_fork: pull.from_fork,
            labels: pull.labels.clone(),
            draft: pull.draft,
        }),
        note: None,
    };
    change.bounded(CHANGES_BYTES_MAX)
}

#[cfg(test)]
mod tests;
