//! From a host's request to a [`Delivery`].
//!
//! Invariant: no body makes this panic; what is not understood is refused with the field's path, and what is understood but starts nothing says
//! what it was.

mod bitbucket_cloud;
mod bitbucket_server;
mod gitea;
mod github;
mod github_like;
mod gitlab;
mod parts;

use serde_json::Value;

use crate::{BODY_BYTES_MAX, Delivery, Event, GitHost, Headers, Recognised, Refusal, node::Node, sign::sha256_hex};

/// What a delivery says. The body must have been verified before ([`verify`](crate::verify)).
///
/// # Errors
/// [`Refusal::NoEvent`], [`Refusal::Form`], [`Refusal::NotJson`], [`Refusal::TooLarge`]; [`Refusal::Field`] for what an event cannot do without.
/// Events and members that nobody here knows are no errors.
pub fn parse(host: GitHost, headers: &Headers<'_>, body: &[u8]) -> Result<Delivery, Refusal> {
    if body.len() > BODY_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: body.len(), max: BODY_BYTES_MAX });
    }
    let names = event_headers(host);
    let event = names.iter().find_map(|name| headers.text(name)).ok_or(Refusal::NoEvent { header: names[0] })?;
    if headers.text("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")) {
        return Err(Refusal::Form);
    }
    let body_sha256 = sha256_hex(body);
    let value: Value = serde_json::from_slice(body).map_err(|error| Refusal::NotJson { why: error.to_string() })?;
    let root = Node::root(&value);
    if !value.is_object() {
        return Err(root.refused("an object"));
    }
    let events = match host {
        GitHost::GitHub => vec![github::event(event, &root)?],
        GitHost::GitLab => vec![gitlab::event(event, &root)?],
        GitHost::Gitea | GitHost::Forgejo => vec![gitea::event(event, &root)?],
        GitHost::BitbucketCloud => bitbucket_cloud::events(event, &root)?,
        GitHost::BitbucketServer => bitbucket_server::events(event, &root)?,
    };
    let signed_at_s = match host {
        GitHost::GitLab if headers.text("webhook-signature").is_some() => {
            headers.text("webhook-timestamp").and_then(|time| time.parse().ok())
        }
        _ => None,
    };
    let name = delivery_name(host, headers);
    // Where something is signed, that name must be part of it.
    let is_good = |name: &str| headers.text("webhook-signature").is_none() || headers.text("webhook-id") == Some(name);
    let recognised_by = if host == GitHost::GitLab && name.is_some_and(is_good) { Recognised::ByName } else { Recognised::ByBody };
    let id = match name {
        Some(name) => format!("{host}:{name}"),
        None => format!("{host}:sha256:{body_sha256}"),
    };
    Ok(Delivery { host, id, named: name.is_some(), body_sha256, recognised_by, signed_at_s, events })
}

/// The headers that say what happened.
fn event_headers(host: GitHost) -> &'static [&'static str] {
    match host {
        GitHost::GitHub => &["X-GitHub-Event"],
        GitHost::GitLab => &["X-Gitlab-Event"],
        GitHost::Gitea => &["X-Gitea-Event"],
        GitHost::Forgejo => &["X-Forgejo-Event", "X-Gitea-Event"],
        GitHost::BitbucketCloud | GitHost::BitbucketServer => &["X-Event-Key"],
    }
}

/// The headers that name a delivery, the most telling first; each stays the same when the host tries again.
///
/// GitHub: <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>; GitLab (`Idempotency-Key` is per delivery,
/// `X-Gitlab-Event-UUID` per event): <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>; Gitea:
/// <https://docs.gitea.com/usage/webhooks>; Bitbucket: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#HTTP-headers>,
/// <https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html>. `X-Hook-UUID` names the hook and not the delivery.
fn delivery_headers(host: GitHost) -> &'static [&'static str] {
    match host {
        GitHost::GitHub => &["X-GitHub-Delivery"],
        GitHost::GitLab => &["webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID"],
        GitHost::Gitea => &["X-Gitea-Delivery"],
        GitHost::Forgejo => &["X-Forgejo-Delivery", "X-Gitea-Delivery"],
        GitHost::BitbucketCloud => &["X-Request-UUID"],
        GitHost::BitbucketServer => &["X-Request-Id"],
    }
}

fn delivery_name<'h>(host: GitHost, headers: &Headers<'h>) -> Option<&'h str> {
    let is_name = |id: &&str| id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic());
    delivery_headers(host).iter().find_map(|name| headers.text(name).filter(is_name))
}

/// An event that starts nothing.
fn ignored(why: impl Into<String>) -> Event {
    Event::Ignored { why: crate::text::shorten(&why.into(), 200) }
}
