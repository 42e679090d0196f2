//! Whether the host of a changed repository may be told the credentials that are kept for a kind of host.
//!
//! Invariant: an address that anybody could have put there (the repositories that a stage looks at, another host's webhook) gets none, unless it
//! is one that belongs to the kind of host for all the world.

use kraken_domain::change::Change;

use crate::{GitHost, RepoUrl, Scheme};

/// Whether credentials for that kind of host may go to where `repo`, the repository of `change`, is: the host itself told of the change, in a
/// delivery that it signed; or the address is the kind's own, reached so that nobody reads along.
pub fn may_have_credentials(host: GitHost, change: &Change, repo: &RepoUrl) -> bool {
    told_by(change).is_some_and(|teller| are_one_kind(teller, host)) || is_well_known(host, repo)
}

/// The kind of host whose signed delivery brought the change, as [`change_of`](crate::change_of) wrote it down.
fn told_by(change: &Change) -> Option<GitHost> {
    let (teller, _) = change.trigger.rsplit_once('-')?;
    teller.parse().ok()
}

/// Forgejo is told of commits as Gitea is.
fn are_one_kind(one: GitHost, other: GitHost) -> bool {
    let kind = |host| if host == GitHost::Forgejo { GitHost::Gitea } else { host };
    kind(one) == kind(other)
}

fn is_well_known(host: GitHost, repo: &RepoUrl) -> bool {
    let own: &[&str] = match host {
        GitHost::GitHub => &["github.com"],
        GitHost::GitLab => &["gitlab.com"],
        GitHost::Gitea | GitHost::Forgejo => &["gitea.com", "codeberg.org"],
        GitHost::BitbucketCloud => &["bitbucket.org"],
        GitHost::BitbucketServer => &[],
    };
    let is_usual = match repo.scheme() {
        Scheme::Http => false,
        Scheme::Https => repo.port().is_none(),
        // What is asked is then the host's page, by https.
        Scheme::Ssh | Scheme::Git => true,
    };
    is_usual && own.contains(&repo.host())
}

#[cfg(test)]
mod tests;
