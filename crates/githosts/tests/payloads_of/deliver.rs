//! Sends a recorded body through `verify` and `parse`, with the headers that its host sends.

use std::path::PathBuf;

use hmac::{Hmac, Mac};
use kraken_githosts::{Delivery, Event, GitHost, Headers, PullRequest, Push, parse, verify};
use sha2::Sha256;

pub(crate) const SECRET: &str = "correct horse battery staple";
/// The commits that the recordings are about.
pub(crate) const BEFORE: &str = "6113728f27ae82c7b1a177c8d03f9e96e0adf246";
pub(crate) const FIRST: &str = "95790bf891e76fee5e1747ab589903a6a1f80f22";
pub(crate) const SECOND: &str = "da1560886d4f094c3e6c9ef40349f7d38b5d27d7";

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/payloads")
}

pub(crate) fn body(host: GitHost, name: &str) -> Vec<u8> {
    std::fs::read(folder().join(host.name()).join(format!("{name}.json"))).unwrap_or_else(|error| panic!("{host}/{name}: {error}"))
}

/// The headers of a host's delivery.
pub(crate) fn headers(host: GitHost, event: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let signature = hex::encode(mac.finalize().into_bytes());
    let event = event.to_owned();
    let id = "f6266f16-1bf3-46a5-9ea4-602e06ead473".to_owned();
    let mut headers = match host {
        GitHost::GitHub => {
            vec![("X-GitHub-Event", event), ("X-GitHub-Delivery", id), ("X-Hub-Signature-256", format!("sha256={signature}"))]
        }
        GitHost::GitLab => vec![
            ("X-Gitlab-Event", event),
            ("X-Gitlab-Event-UUID", "00000000-0000-0000-0000-000000000000".into()),
            ("Idempotency-Key", id),
            ("X-Gitlab-Token", SECRET.into()),
        ],
        GitHost::Gitea | GitHost::Forgejo => vec![
            ("X-GitHub-Event", event.clone()),
            ("X-GitHub-Delivery", id.clone()),
            ("X-Gitea-Event", event.clone()),
            ("X-Gitea-Delivery", id.clone()),
            ("X-Gitea-Signature", signature.clone()),
        ],
        GitHost::BitbucketCloud => vec![
            ("X-Event-Key", event),
            ("X-Hook-UUID", "{hook}".into()),
            ("X-Request-UUID", id),
            ("X-Hub-Signature", format!("sha256={signature}")),
        ],
        GitHost::BitbucketServer => vec![("X-Event-Key", event), ("X-Request-Id", id), ("X-Hub-Signature", format!("sha256={signature}"))],
    };
    if host == GitHost::Forgejo {
        let (event, id) = (headers[0].1.clone(), headers[1].1.clone());
        headers.extend([("X-Forgejo-Event", event), ("X-Forgejo-Delivery", id), ("X-Forgejo-Signature", signature)]);
    }
    headers.push(("Content-Type", "application/json; charset=utf-8".into()));
    headers
}

pub(crate) fn borrowed<'a>(headers: &'a [(&'static str, String)]) -> Headers<'a> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A recorded delivery.
pub(crate) fn delivery(host: GitHost, event: &str, name: &str) -> Delivery {
    let body = body(host, name);
    let headers = headers(host, event, &body);
    let headers = borrowed(&headers);
    assert_eq!(GitHost::of(&headers), Some(host));
    verify(host, &headers, &body, SECRET).unwrap();
    let delivery = parse(host, &headers, &body).unwrap_or_else(|refused| panic!("{host}/{name}: {refused}"));
    assert_eq!(delivery.id, format!("{host}:f6266f16-1bf3-46a5-9ea4-602e06ead473"));
    let stored = serde_json::to_string(&delivery).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&stored).unwrap(), delivery);
    delivery
}

/// The one event of a recorded delivery.
pub(crate) fn event(host: GitHost, event: &str, name: &str) -> Event {
    let [event] = delivery(host, event, name).events.try_into().unwrap_or_else(|events| panic!("{events:?}"));
    event
}

pub(crate) fn push(host: GitHost, kind: &str, name: &str) -> Push {
    match event(host, kind, name) {
        Event::Push(push) => *push,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn pull(host: GitHost, kind: &str, name: &str) -> PullRequest {
    match event(host, kind, name) {
        Event::PullRequest(pull) => *pull,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn ignored(host: GitHost, kind: &str, name: &str) -> String {
    match event(host, kind, name) {
        Event::Ignored { why } => why,
        other => panic!("{other:?}"),
    }
}

/// Whether the repository is the one at an address.
pub(crate) fn is_at(repo: &kraken_githosts::Repo, url: &str) -> bool {
    repo.is_at(&url.parse().unwrap())
}
