//! No body makes anything panic: recorded ones with members changed, and ones made up from what the parsers look for.

use std::sync::LazyLock;

use kraken_domain::change::CHANGES_BYTES_MAX;
use kraken_githosts::{GitHost, Headers, PathFilter, RepoUrl, change_of, parse, skip_mark, skipped, verify};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::deliver::{borrowed, folder, headers};

const EVENTS: [(GitHost, &[&str]); 6] = [
    (GitHost::GitHub, &["push", "pull_request", "ping", "create"]),
    (GitHost::GitLab, &["Push Hook", "Merge Request Hook", "Tag Push Hook"]),
    (GitHost::Gitea, &["push", "pull_request", "pull_request_sync"]),
    (GitHost::Forgejo, &["push", "pull_request"]),
    (GitHost::BitbucketCloud, &["repo:push", "pullrequest:created", "pullrequest:updated"]),
    (GitHost::BitbucketServer, &["repo:refs_changed", "pr:opened", "pr:modified"]),
];

/// Everything that is done with a delivery, for its panics alone; what comes out keeps its promises.
fn digest(host: GitHost, event: &str, body: &[u8]) {
    let headers = headers(host, event, body);
    let headers = borrowed(&headers);
    verify(host, &headers, body, crate::deliver::SECRET).unwrap();
    let Ok(delivery) = parse(host, &headers, body) else { return };
    assert!(!delivery.events.is_empty());
    static FILTER: LazyLock<PathFilter> = LazyLock::new(|| PathFilter::new(&["src/**"], &["**/*.md"]).unwrap());
    for event in &delivery.events {
        skipped(event);
        if let Some(record) = change_of(host, event) {
            assert!(record.bytes() <= CHANGES_BYTES_MAX, "{} bytes", record.bytes());
            assert!(record.commits.len() <= kraken_githosts::COMMITS_MAX);
            assert!(!record.branch.starts_with('-'));
        }
        if let kraken_githosts::Event::Push(push) = event {
            FILTER.decide(&push.paths());
            push.repo.is_at(&"https://github.com/octo/hello".parse().unwrap());
        }
    }
}

fn recorded() -> Vec<(GitHost, Value)> {
    let files = |host: GitHost| std::fs::read_dir(folder().join(host.name())).unwrap().map(|file| file.unwrap().path());
    let read = |path: std::path::PathBuf| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    EVENTS.iter().flat_map(|(host, _)| files(*host).map(|path| (*host, read(path)))).collect()
}

/// The pointers of all members and elements.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{at}/{name}");
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

fn odd_values() -> [Value; 12] {
    [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5e300),
        json!(""),
        json!("\u{0}\u{1}🦑\"<>&"),
        json!([]),
        json!({}),
        json!([null, [[]], {"id": null}]),
        json!("0000000000000000000000000000000000000000"),
        json!("x".repeat(70_000)),
    ]
}

#[test]
fn every_member_of_every_recording_may_be_anything() {
    for (host, whole) in recorded() {
        let mut found = Vec::new();
        pointers(&whole, "", &mut found);
        let events = EVENTS.iter().find(|(known, _)| *known == host).unwrap().1;
        for (at, pointer) in found.iter().enumerate() {
            let mut odd = whole.clone();
            // Each member gets some of the values, all values are had by many.
            for step in 0..2 {
                *odd.pointer_mut(pointer).unwrap() = odd_values()[(at * 5 + step * 7) % 12].clone();
                digest(host, events[(at + step) % events.len()], &serde_json::to_vec(&odd).unwrap());
            }
        }
    }
}

/// Values out of the words that the parsers look for, so that they get far.
fn value() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "push",
        "merge_request",
        "opened",
        "update",
        "closed",
        "branch",
        "tag",
        "refs/heads/a/b",
        "refs/tags/v1",
        "main",
        "octo/hello",
        "KEY",
        "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
        "0000000000000000000000000000000000000000",
        "https://github.com/octo/hello.git",
        "https://bb.example.com/projects/K/repos/r/browse",
        "Name <a@b>",
        "[skip ci]",
        "2024-05-15T17:20:41+02:00",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "ref",
        "before",
        "after",
        "repository",
        "full_name",
        "clone_url",
        "commits",
        "id",
        "message",
        "author",
        "name",
        "email",
        "added",
        "modified",
        "removed",
        "pusher",
        "object_kind",
        "project",
        "path_with_namespace",
        "object_attributes",
        "action",
        "iid",
        "source",
        "target",
        "last_commit",
        "source_branch",
        "target_branch",
        "changes",
        "labels",
        "title",
        "pull_request",
        "head",
        "base",
        "sha",
        "repo",
        "number",
        "push",
        "old",
        "new",
        "type",
        "hash",
        "pullrequest",
        "destination",
        "commit",
        "branch",
        "pullRequest",
        "fromRef",
        "toRef",
        "displayId",
        "latestCommit",
        "slug",
        "key",
        "links",
        "self",
        "clone",
        "href",
        "html",
        "fromHash",
        "toHash",
        "raw",
        "authorTimestamp",
        "total_commits",
        "push_options",
        "ci",
        "skip",
    ]);
    leaf.prop_recursive(6, 120, 12, move |inner| {
        let members = prop::collection::vec((names.clone(), inner.clone()), 0..12);
        let object = members.prop_map(|members| Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>()));
        prop_oneof![3 => object, 1 => prop::collection::vec(inner, 0..5).prop_map(Value::Array)]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn made_up_bodies_do_no_harm(value in value()) {
        let body = serde_json::to_vec(&value).unwrap();
        for (host, events) in EVENTS {
            events.iter().for_each(|event| digest(host, event, &body));
        }
    }

    #[test]
    fn bytes_do_no_harm(body in prop::collection::vec(any::<u8>(), 0..200), name in ".{0,30}", text in ".{0,60}") {
        for (host, events) in EVENTS {
            digest(host, events[0], &body);
            let names = ["x-hub-signature-256", "x-gitlab-token", "webhook-signature", "webhook-id", "webhook-timestamp", "x-gitea-signature", "x-event-key"];
            let headers: Headers<'_> = names.into_iter().map(|header| (header, text.as_str())).chain([(name.as_str(), text.as_str())]).collect();
            prop_assert!(verify(host, &headers, &body, "a secret that is longer than any text that was made up, so that none can be it").is_err());
            let _ = (parse(host, &headers, &body), GitHost::of(&headers));
        }
    }

    #[test]
    fn texts_do_no_harm(text in "\\PC{0,80}", glob in "[a-z*?{},!/\\[\\]\\\\]{0,20}", address in "[a-z@:/.%0-9\\[\\]-]{0,40}") {
        skip_mark(&text);
        let _ = PathFilter::new(&[&glob], &[&text]).map(|filter| filter.counts(&text));
        for address in [text, address] {
            if let Ok(url) = address.parse::<RepoUrl>() {
                prop_assert!(url.is_same(&url));
                prop_assert!(!url.host().is_empty() && !url.path().starts_with('/') && !url.path().is_empty());
            }
        }
    }
}
