//! Bodies that lack what an event cannot do without: the refusal names the field.

use kraken_githosts::{GitHost, Refusal, parse};
use serde_json::{Value, json};

use crate::deliver::{body, borrowed, headers};

/// Puts a value at a JSON pointer (null takes the member away) and parses the rest.
fn refusal(host: GitHost, event: &str, name: &str, pointer: &str, value: Value) -> Option<Refusal> {
    let mut whole: Value = serde_json::from_slice(&body(host, name)).unwrap();
    *whole.pointer_mut(pointer).unwrap_or_else(|| panic!("{host}/{name} has no {pointer}")) = value;
    let bytes = serde_json::to_vec(&whole).unwrap();
    parse(host, &borrowed(&headers(host, event, &bytes)), &bytes).err()
}

#[test]
fn what_is_needed_is_asked_for_by_its_path() {
    let cases = [
        (GitHost::GitHub, "push", "push", "/ref"),
        (GitHost::GitHub, "push", "push", "/repository/full_name"),
        (GitHost::GitHub, "pull_request", "pull_request_synchronize", "/action"),
        (GitHost::GitHub, "pull_request", "pull_request_synchronize", "/pull_request/head/sha"),
        (GitHost::GitHub, "pull_request", "pull_request_synchronize", "/pull_request/head/ref"),
        (GitHost::GitHub, "pull_request", "pull_request_synchronize", "/pull_request/base/ref"),
        (GitHost::GitLab, "Push Hook", "push", "/project/path_with_namespace"),
        (GitHost::GitLab, "Push Hook", "push", "/ref"),
        (GitHost::GitLab, "Merge Request Hook", "merge_request_update_title", "/object_attributes/iid"),
        (GitHost::GitLab, "Merge Request Hook", "merge_request_update_title", "/object_attributes/last_commit/id"),
        (GitHost::Gitea, "push", "push", "/ref"),
        (GitHost::Gitea, "pull_request", "pull_request_synchronized", "/pull_request/head/sha"),
        (GitHost::BitbucketCloud, "repo:push", "repo_push", "/push/changes/0/new/name"),
        (GitHost::BitbucketCloud, "repo:push", "repo_push", "/repository/full_name"),
        (GitHost::BitbucketCloud, "pullrequest:created", "pullrequest_created_from_fork", "/pullrequest/source/commit/hash"),
        (GitHost::BitbucketServer, "repo:refs_changed", "repo_refs_changed", "/changes/0/ref/id"),
        (GitHost::BitbucketServer, "pr:opened", "pr_opened_from_fork", "/pullRequest/toRef/repository/slug"),
        (GitHost::BitbucketServer, "pr:opened", "pr_opened_from_fork", "/pullRequest/fromRef/latestCommit"),
    ];
    for (host, event, name, pointer) in cases {
        for value in [Value::Null, json!([1]), json!({"a": 1}), json!(""), json!(true), json!(-1)] {
            match refusal(host, event, name, pointer, value.clone()) {
                Some(Refusal::Field { path, .. }) => assert_eq!(path, pointer, "{host}/{name} {value}"),
                other => panic!("{host}/{name} {pointer} {value}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_name_that_git_would_take_for_something_else_is_refused() {
    for bad in ["refs/heads/--upload-pack=x", "refs/heads/a..b", "refs/heads/", "refs/heads/a b", "refs/heads/a\nb"] {
        assert!(matches!(refusal(GitHost::GitHub, "push", "push", "/ref", json!(bad)), Some(Refusal::Field { .. })), "{bad}");
    }
    for bad in ["--exec", "HEAD", "0d1a26", "zd1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c"] {
        assert!(matches!(refusal(GitHost::GitHub, "push", "push", "/after", json!(bad)), Some(Refusal::Field { .. })), "{bad}");
    }
    let refused = refusal(GitHost::GitHub, "push", "push", "/after", json!("--exec")).unwrap();
    assert_eq!(refused.to_string(), r#"/after is "--exec": expected a commit's name, in hexadecimal"#);
    assert!(!refused.is_distrust());
}

#[test]
fn an_address_that_is_a_command_is_left_out() {
    for bad in ["ext::sh -c touch% /tmp/x", "file:///etc", "--upload-pack=x", "/srv/git"] {
        let mut whole: Value = serde_json::from_slice(&body(GitHost::GitHub, "push")).unwrap();
        for field in ["clone_url", "ssh_url", "html_url", "git_url"] {
            whole["repository"][field] = json!(bad);
        }
        let bytes = serde_json::to_vec(&whole).unwrap();
        let delivery = parse(GitHost::GitHub, &borrowed(&headers(GitHost::GitHub, "push", &bytes)), &bytes).unwrap();
        assert!(!serde_json::to_string(&delivery).unwrap().contains(bad), "{bad}");
    }
}

#[test]
fn what_is_only_good_to_have_may_be_anything() {
    let fields = [
        "/pusher",
        "/compare",
        "/commits",
        "/head_commit",
        "/forced",
        "/sender",
        "/commits/0/author",
        "/commits/0/added",
        "/commits/0/timestamp",
    ];
    for pointer in fields {
        for value in [Value::Null, json!([1]), json!({"a": 1}), json!("x"), json!(true), json!(1.5)] {
            assert_eq!(refusal(GitHost::GitHub, "push", "push", pointer, value.clone()), None, "{pointer} {value}");
        }
    }
}

#[test]
fn a_push_from_nowhere_to_nowhere_is_refused() {
    let zero = "0".repeat(40);
    let refused = refusal(GitHost::GitHub, "push", "push_branch_deleted", "/before", json!(zero)).unwrap();
    assert_eq!(refused.to_string(), format!("/after is {zero:?}: expected a commit, before the push or after it"));
}

#[test]
fn what_is_no_delivery_says_why() {
    let parse = |headers: &[(&str, &str)], body: &[u8]| parse(GitHost::GitHub, &headers.iter().copied().collect(), body).unwrap_err();
    let event = ("x-github-event", "push");
    assert_eq!(parse(&[], b"{}"), Refusal::NoEvent { header: "X-GitHub-Event" });
    assert_eq!(parse(&[event, ("content-type", "application/x-www-form-urlencoded")], b"payload=%7B%7D"), Refusal::Form);
    for body in [&b""[..], b"{", b"{\"a\":}", b"\xff", b"null x", &[b'['; 10_000]] {
        assert!(matches!(parse(&[event], body), Refusal::NotJson { .. }), "{body:?}");
    }
    for body in [&b"null"[..], b"[]", b"1", b"\"x\""] {
        let refused = parse(&[event], body);
        assert!(matches!(&refused, Refusal::Field { path, .. } if path == "the body"), "{refused}");
    }
}

#[test]
fn a_delivery_without_a_name_is_named_by_its_body() {
    let body = body(GitHost::GitHub, "ping");
    let id = |headers: &[(&str, &str)]| {
        let headers = [("x-github-event", "ping")].into_iter().chain(headers.iter().copied()).collect();
        parse(GitHost::GitHub, &headers, &body).unwrap().id
    };
    let digest = id(&[]);
    assert!(digest.starts_with("github:sha256:") && digest.len() == "github:sha256:".len() + 64);
    for bad in [&"x".repeat(129), "a b", "é"] {
        assert_eq!(id(&[("x-github-delivery", bad)]), digest, "{bad}");
    }
    assert_eq!(id(&[("x-github-delivery", "abc")]), "github:abc");
}

#[test]
fn only_what_is_over_may_have_lost_its_source() {
    let (host, name, pointer) = (GitHost::GitHub, "pull_request_synchronize", "/pull_request/head/sha");
    assert!(refusal(host, "pull_request", name, pointer, Value::Null).is_some());
    assert_eq!(refusal(host, "pull_request", "pull_request_closed_merged_fork_gone", pointer, Value::Null), None);
}
