//! A request that the edge is to make.
//!
//! Invariant: it holds no credentials; [`Auth`] says how the edge puts them in as it sends. So a request can be stored, shown and logged.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// A request, complete but for the credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// `POST`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// How the credentials go with it.
    pub auth: Auth,
    /// JSON.
    pub body: String,
}

impl Request {
    /// A `POST` of some JSON.
    pub(crate) fn post(url: String, auth: Auth, body: String) -> Self {
        // GitHub refuses calls without the name of who calls.
        let headers = [("content-type", "application/json"), ("accept", "application/json"), ("user-agent", "kraken")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { method: "POST".to_owned(), url, headers, auth, body }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// How credentials go with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// Not at all: the address itself, or a signature, is what is secret.
    None,
    /// `Authorization: Bearer …`: GitHub (<https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>), Slack.
    Bearer,
    /// `PRIVATE-TOKEN: …`: GitLab (<https://docs.gitlab.com/api/rest/authentication/#personalprojectgroup-access-tokens>).
    PrivateToken,
    /// `Authorization: token …`, or `Basic` where a user is named: Gitea, Forgejo (<https://docs.gitea.com/development/api-usage#authentication>).
    TokenOrBasic,
}

impl Auth {
    /// The header that carries the credentials: `user:token`, or a token alone. To be made as the request is sent, and kept nowhere.
    pub fn header(self, credentials: &str) -> Option<(&'static str, String)> {
        let credentials = credentials.trim();
        let (user, token) = match credentials.split_once(':') {
            Some((user, token)) => (Some(user).filter(|user| !user.is_empty()), token),
            None => (None, credentials),
        };
        match (self, user) {
            (Self::None, _) => None,
            (Self::Bearer, _) => Some(("authorization", format!("Bearer {token}"))),
            (Self::PrivateToken, _) => Some(("private-token", token.to_owned())),
            (Self::TokenOrBasic, None) => Some(("authorization", format!("token {token}"))),
            (Self::TokenOrBasic, Some(_)) => Some(("authorization", format!("Basic {}", STANDARD.encode(credentials)))),
        }
    }
}
