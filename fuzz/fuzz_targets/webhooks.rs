//! Whatever body comes from whichever git host: only a signed one is believed, and what is read keeps to its bounds.

#![no_main]

use std::sync::LazyLock;

use hmac::{Hmac, Mac};
use kraken_domain::change::CHANGES_BYTES_MAX;
use kraken_githosts::{COMMITS_MAX, Event, GitHost, Headers, PathFilter, RepoUrl, change_of, parse, skipped, verify};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

const SECRET: &str = "correct horse battery staple";

/// Of each host the headers that name an event, and those events.
const EVENTS: [(GitHost, &str, &[&str]); 6] = [
    (GitHost::GitHub, "X-GitHub-Event", &["push", "pull_request", "ping"]),
    (GitHost::GitLab, "X-Gitlab-Event", &["Push Hook", "Merge Request Hook", "Tag Push Hook"]),
    (GitHost::Gitea, "X-Gitea-Event", &["push", "pull_request"]),
    (GitHost::Forgejo, "X-Forgejo-Event", &["push", "pull_request"]),
    (GitHost::BitbucketCloud, "X-Event-Key", &["repo:push", "pullrequest:created", "pullrequest:fulfilled"]),
    (GitHost::BitbucketServer, "X-Event-Key", &["repo:refs_changed", "pr:opened", "pr:modified"]),
];

static FILTER: LazyLock<PathFilter> =
    LazyLock::new(|| PathFilter::new(&["src/**", "*.md"], &["docs/**"]).expect("these are globs"));

fuzz_target!(|body: &[u8]| {
    for (host, header, events) in EVENTS {
        for event in events {
            digest(host, header, event, body);
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        addresses(text);
    }
});

fn digest(host: GitHost, header: &str, event: &str, body: &[u8]) {
    let signature = signature(body);
    let prefixed = format!("sha256={signature}");
    let signed: Headers<'_> = match host {
        GitHost::GitHub => [(header, event), ("X-Hub-Signature-256", &prefixed)].into_iter().collect(),
        GitHost::GitLab => [(header, event), ("X-Gitlab-Token", SECRET)].into_iter().collect(),
        GitHost::Gitea => [(header, event), ("X-Gitea-Signature", &signature)].into_iter().collect(),
        GitHost::Forgejo => [(header, event), ("X-Forgejo-Signature", &signature)].into_iter().collect(),
        GitHost::BitbucketCloud | GitHost::BitbucketServer => [(header, event), ("X-Hub-Signature", &prefixed)].into_iter().collect(),
    };
    assert_eq!(verify(host, &signed, body, SECRET), Ok(()));
    assert!(verify(host, &signed, body, "another secret").is_err());
    // What was sent, taken for a signature.
    if let Ok(guess) = std::str::from_utf8(body) {
        let names = ["X-Hub-Signature-256", "X-Hub-Signature", "X-Gitea-Signature", "X-Forgejo-Signature", "X-Gitlab-Token", "webhook-signature"];
        let guessed: Headers<'_> = names.into_iter().chain(["webhook-id", "webhook-timestamp"]).map(|name| (name, guess)).collect();
        assert!(guess.trim() == SECRET || verify(host, &guessed, body, SECRET).is_err());
    }
    let Ok(delivery) = parse(host, &signed, body) else { return };
    assert!(!delivery.events.is_empty());
    for event in &delivery.events {
        skipped(event);
        if let Some(record) = change_of(host, event) {
            assert!(record.bytes() <= CHANGES_BYTES_MAX, "{} bytes", record.bytes());
            assert!(record.commits.len() <= COMMITS_MAX);
            assert!(!record.branch.starts_with('-'), "{}", record.branch);
        }
        if let Event::Push(push) = event {
            FILTER.decide(&push.paths());
        }
    }
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length will do");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// What people write as the address of a repository, or as a filter of paths.
fn addresses(text: &str) {
    if let Ok(url) = text.parse::<RepoUrl>() {
        assert!(!url.host().contains(['@', '/', ' ']) && !url.host().is_empty(), "{text}: {url}");
        assert!(url.path().split('/').all(|part| !part.is_empty() && part != ".." && part != "."), "{text}: {url}");
        assert!(url.is_same(&url));
    }
    if let Ok(filter) = PathFilter::new(&[text], &[]) {
        filter.counts("src/lib.rs");
    }
}
