//! Addresses and bodies, host by host.
#![allow(clippy::unwrap_used)]

use super::*;

const SHA: &str = "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c";

fn status() -> CommitStatus {
    CommitStatus {
        sha: SHA.into(),
        context: "kraken/build".into(),
        state: State::Failure,
        description: "2 of 10 jobs failed".into(),
        target_url: Some("https://ci.example.com/runs/7".into()),
        branch: Some("main".into()),
    }
}

fn url(host: GitHost, base: Option<&str>, repo: &str) -> String {
    status_request(host, base, &repo.parse().unwrap(), &status()).unwrap().url
}

#[test]
fn the_address_follows_from_the_repositorys_or_is_given() {
    use GitHost::{Forgejo, GitHub, GitLab, Gitea};
    let cases = [
        (GitHub, None, "git@github.com:octo/hello.git", "https://api.github.com/repos/octo/hello"),
        (GitHub, Some("https://api.github.com/"), "https://github.com/octo/hello", "https://api.github.com/repos/octo/hello"),
        (GitHub, Some("https://github.com"), "https://github.com/octo/hello", "https://api.github.com/repos/octo/hello"),
        (GitHub, None, "https://ghe.example.com/octo/hello", "https://ghe.example.com/api/v3/repos/octo/hello"),
        (
            GitHub,
            Some("https://ghe.example.com/api/v3"),
            "ssh://git@ghe.example.com/octo/hello",
            "https://ghe.example.com/api/v3/repos/octo/hello",
        ),
        (GitLab, None, "https://gitlab.com/a/b/c/d.git", "https://gitlab.com/api/v4/projects/a%2Fb%2Fc%2Fd"),
        (GitLab, Some("https://h.example/gitlab"), "https://h.example/gitlab/a/b", "https://h.example/gitlab/api/v4/projects/a%2Fb"),
        (GitLab, Some("https://h.example/api/v4/"), "git@h.example:a/b", "https://h.example/api/v4/projects/a%2Fb"),
        (Gitea, None, "http://localhost:3000/a/b.c.git", "http://localhost:3000/api/v1/repos/a/b.c"),
        (Gitea, None, "https://h.example/gitea/a/b", "https://h.example/gitea/api/v1/repos/a/b"),
        (Gitea, Some("https://h.example:8443/gitea/"), "ssh://git@h.example:2222/a/b", "https://h.example:8443/gitea/api/v1/repos/a/b"),
        (Forgejo, None, "https://codeberg.org/á/b", "https://codeberg.org/api/v1/repos/%C3%A1/b"),
    ];
    for (host, base, repo, expected) in cases {
        assert_eq!(url(host, base, repo), format!("{expected}/statuses/{SHA}"), "{host} {base:?} {repo}");
    }
}

#[test]
fn states_are_spelled_as_each_host_does() {
    let spelled = |host, state| body(host, &CommitStatus { state, ..status() })["state"].as_str().unwrap().to_owned();
    let all = [State::Pending, State::Success, State::Failure, State::Error];
    assert_eq!(all.map(|state| spelled(GitHost::GitHub, state)), ["pending", "success", "failure", "error"]);
    assert_eq!(all.map(|state| spelled(GitHost::Gitea, state)), ["pending", "success", "failure", "error"]);
    assert_eq!(all.map(|state| spelled(GitHost::GitLab, state)), ["pending", "success", "failed", "failed"]);
}

#[test]
fn texts_are_cut_to_what_the_host_takes() {
    let long = CommitStatus {
        description: format!("a\nb {}", "🦑".repeat(300)),
        context: "c".repeat(300),
        target_url: Some(format!("https://ci.example.com/{}", "x".repeat(300))),
        ..status()
    };
    let units = |value: &Value| value.as_str().unwrap().encode_utf16().count();
    let github = body(GitHost::GitHub, &long);
    assert!(units(&github["description"]) <= 140 && github["description"].as_str().unwrap().starts_with("a b 🦑"));
    assert_eq!(units(&github["context"]), 255);
    assert!(github["target_url"].is_string() && github.get("ref").is_none());
    let gitlab = body(GitHost::GitLab, &long);
    assert!(units(&gitlab["description"]) <= 255);
    assert!(gitlab.get("target_url").is_none());
    assert_eq!(gitlab["ref"], "main");
    let script = CommitStatus { target_url: Some("javascript:alert(1)".into()), ..status() };
    assert!(body(GitHost::GitHub, &script).get("target_url").is_none());
}

#[test]
fn what_cannot_be_asked_says_why() {
    let ask = |host, base, repo: &str, sha: &str| {
        let status = CommitStatus { sha: sha.into(), ..status() };
        status_request(host, base, &repo.parse().unwrap(), &status).unwrap_err()
    };
    let repo = "https://h.example/a/b";
    assert!(matches!(ask(GitHost::BitbucketCloud, None, repo, SHA), StatusError::Unsupported(_)));
    for sha in ["", "main", "0d1a26e67d8f", "../../../x", &"0".repeat(40)] {
        assert!(matches!(ask(GitHost::GitHub, None, repo, sha), StatusError::Sha(_)));
    }
    for base in ["h.example", "ftp://h.example", "https://user:hunter2@h.example", "https://"] {
        let error = ask(GitHost::GitHub, Some(base), repo, SHA);
        assert!(matches!(error, StatusError::Base(_)), "{base}");
        assert!(!error.to_string().contains("hunter2"));
    }
    for host in [GitHost::GitHub, GitHost::GitLab, GitHost::Gitea] {
        assert!(matches!(ask(host, None, "https://h.example/alone", SHA), StatusError::Repo(_)));
    }
}

#[test]
fn credentials_are_put_in_last() {
    let auth = |host| status_request(host, None, &"https://h.example/a/b".parse().unwrap(), &status()).unwrap().auth;
    let bearer = Some(("authorization", "Bearer t0k".to_owned()));
    assert_eq!(auth(GitHost::GitHub).header("t0k"), bearer);
    assert_eq!(auth(GitHost::GitHub).header("bot:t0k\n"), bearer);
    assert_eq!(auth(GitHost::GitLab).header("bot:t0k"), Some(("private-token", "t0k".to_owned())));
    assert_eq!(auth(GitHost::Gitea).header("t0k"), Some(("authorization", "token t0k".to_owned())));
    assert_eq!(auth(GitHost::Forgejo).header("bot:t0k"), Some(("authorization", "Basic Ym90OnQwaw==".to_owned())));
    assert_eq!(Auth::None.header("t0k"), None);
}
