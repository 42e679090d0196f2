//! Who gets credentials.
#![allow(clippy::unwrap_used)]

use super::*;

fn may(host: GitHost, trigger: &str, repo: &str) -> bool {
    let change = Change { trigger: trigger.to_owned(), repo: repo.to_owned(), ..Change::default() };
    may_have_credentials(host, &change, &repo.parse().unwrap())
}

#[test]
fn credentials_go_to_the_kinds_own_address_whoever_found_the_change() {
    use GitHost::{BitbucketServer, GitHub, GitLab, Gitea};
    for (host, repo) in [
        (GitHub, "https://github.com/a/b.git"),
        (GitHub, "git@github.com:a/b"),
        (GitHub, "ssh://git@ssh.github.com:443/a/b"),
        (GitLab, "https://gitlab.com/a/b/c"),
        (Gitea, "https://codeberg.org/a/b"),
        (Gitea, "https://gitea.com/a/b"),
    ] {
        assert!(may(host, "repo", repo), "{host} {repo}");
    }
    for (host, repo) in [
        (GitHub, "https://gitlab.com/a/b"),
        (GitHub, "https://github.com.evil.example/a/b"),
        (GitHub, "https://github.com:8443/a/b"),
        (GitHub, "http://github.com/a/b"),
        (GitHub, "https://ghe.example.com/a/b"),
        (GitLab, "https://github.com/a/b"),
        (BitbucketServer, "https://bitbucket.org/a/b"),
    ] {
        assert!(!may(host, "repo", repo), "{host} {repo}");
    }
}

#[test]
fn a_host_that_signed_what_it_told_gets_those_of_its_kind_alone() {
    use GitHost::{GitHub, GitLab, Gitea};
    let repo = "https://git.example.com/a/b";
    for (host, trigger) in [
        (GitHub, "github-push"),
        (GitHub, "github-pull_request"),
        (GitLab, "gitlab-push"),
        (Gitea, "gitea-push"),
        (Gitea, "forgejo-pull_request"),
    ] {
        assert!(may(host, trigger, repo), "{host} {trigger}");
    }
    for (host, trigger) in
        [(GitHub, "gitlab-push"), (GitHub, "bitbucket_server-push"), (Gitea, "github-push"), (GitLab, "repo"), (GitLab, "")]
    {
        assert!(!may(host, trigger, repo), "{host} {trigger}");
    }
}
