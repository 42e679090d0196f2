//! A git host that sends webhooks: recorded bodies of each kind of host, signed and named as that kind does it, over HTTP to the real API.

use std::path::PathBuf;

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use reqwest::{Method, Response};
use serde_json::Value;
use sha2::Sha256;

use crate::Api;

/// A git host of one kind, with the key of one webhook.
#[derive(Clone, Debug)]
pub struct FarGitHost {
    api: Api,
    path: String,
    kind: &'static str,
    secret: String,
}

/// A body that a host of that kind sent: `github`, `push`.
///
/// # Errors
/// When there is no such recording.
pub fn recorded(kind: &str, name: &str) -> Result<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../crates/githosts/tests/payloads");
    let folder = folder.join(match kind {
        "bitbucket" => "bitbucket_cloud",
        "bitbucket-server" => "bitbucket_server",
        other => other,
    });
    let path = folder.join(format!("{name}.json"));
    let text = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))
}

impl FarGitHost {
    /// A host whose webhook leads to `path` of the server that `api` speaks with. It has no token, only the key.
    pub fn new(api: &Api, path: &str, kind: &'static str, secret: &str) -> Self {
        Self { api: api.with_token(None), path: path.to_owned(), kind, secret: secret.to_owned() }
    }

    /// The same with another key.
    #[must_use]
    pub fn with_secret(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }

    /// A GitLab that shows the key itself, as those do whose hook has no signing token.
    #[must_use]
    pub fn with_plain_token(&self) -> Self {
        Self { kind: "gitlab with a plain token", ..self.clone() }
    }

    /// The same at another address.
    #[must_use]
    pub fn at(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }

    /// Sends a body as a delivery of that name.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn sends(&self, event: &str, delivery: &str, body: &Value) -> Result<Response> {
        self.sends_bytes(event, delivery, serde_json::to_vec(body)?).await
    }

    /// The same with any bytes.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn sends_bytes(&self, event: &str, delivery: &str, body: Vec<u8>) -> Result<Response> {
        let mut request = self.api.request(Method::POST, &self.path).header("Content-Type", "application/json");
        for (name, value) in self.headers(event, delivery, &body) {
            request = request.header(name, value);
        }
        Ok(request.body(body).send().await?)
    }

    /// The headers of a delivery.
    pub fn headers(&self, event: &str, delivery: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        let (event, delivery) = (event.to_owned(), delivery.to_owned());
        let signature = hex::encode(self.mac(&[body]));
        match self.kind {
            "github" => {
                vec![("X-GitHub-Event", event), ("X-GitHub-Delivery", delivery), ("X-Hub-Signature-256", format!("sha256={signature}"))]
            }
            // Its newer way: name and time are signed as well.
            "gitlab" => {
                let time =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs()).to_string();
                let mac = self.mac(&[delivery.as_bytes(), b".", time.as_bytes(), b".", body]);
                vec![
                    ("X-Gitlab-Event", event),
                    ("webhook-id", delivery),
                    ("webhook-timestamp", time),
                    ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
                ]
            }
            "gitlab with a plain token" => {
                vec![("X-Gitlab-Event", event), ("Idempotency-Key", delivery), ("X-Gitlab-Token", self.secret.clone())]
            }
            "gitea" => vec![("X-Gitea-Event", event), ("X-Gitea-Delivery", delivery), ("X-Gitea-Signature", signature)],
            "forgejo" => vec![("X-Forgejo-Event", event), ("X-Forgejo-Delivery", delivery), ("X-Forgejo-Signature", signature)],
            "bitbucket" => vec![
                ("X-Event-Key", event),
                ("X-Hook-UUID", "{hook}".to_owned()),
                ("X-Request-UUID", delivery),
                ("X-Hub-Signature", format!("sha256={signature}")),
            ],
            _ => vec![("X-Event-Key", event), ("X-Request-Id", delivery), ("X-Hub-Signature", format!("sha256={signature}"))],
        }
    }

    fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes keys of any length");
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
}
