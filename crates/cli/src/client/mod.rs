//! The public API over HTTP: one client, problem documents turned into failures, lists followed by cursor.
//!
//! Redirects are not followed on their own: they lead to presigned addresses, which must not be sent the token.

mod changes;
mod documents;
mod pages;
mod path;
mod patience;
mod resolve;
mod rewrite;
mod store;

use std::time::Duration;

use kraken_protocol::api::Problem;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

pub use changes::Watch;
pub use documents::{DocumentChange, Tagged};
pub use pages::{Listed, Pages};
pub use path::{api, segments};
pub use patience::{Patience, Verdict};
pub use store::Fetched;

use crate::{
    config::{Chosen, ServerUrl, Token},
    failure::{Failure, Outcome},
};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An idle connection is kept for so long: less than servers and proxies do, or a request would meet the moment in which they close it.
const IDLE_FOR: Duration = Duration::from_secs(15);

/// How long the server may be silent in the middle of an answer.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(60);

/// A server and the right to ask it.
pub struct Client {
    http: reqwest::Client,
    server: ServerUrl,
    token: Option<Token>,
}

impl Client {
    /// A client for the chosen server; connects only when asked something.
    pub fn new(chosen: Chosen) -> Outcome<Self> {
        // Somebody else in this process may have chosen one before; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Chosen { server, token } = chosen;
        let http = http(&server)?;
        Ok(Self { http, server, token })
    }

    /// Where it leads.
    pub fn server(&self) -> &ServerUrl {
        &self.server
    }

    /// `GET path` → JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        self.get_with(path, &[]).await
    }

    /// `GET path?query` → JSON.
    pub async fn get_with<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Outcome<T> {
        let answer = self.send(self.request(Method::GET, path).query(query)).await?;
        self.decode(answer).await
    }

    /// `POST path` with a body → JSON.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Outcome<T> {
        let answer = self.send(self.request(Method::POST, path).json(body)).await?;
        self.decode(answer).await
    }

    /// `POST path` with a body → JSON, such that it can be sent again: the server does it once per `key`.
    pub async fn post_once<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize, key: &str) -> Outcome<T> {
        let send = || self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body));
        let answer = match send().await {
            Err(Failure::Unreachable { .. }) => send().await?,
            answer => answer?,
        };
        self.decode(answer).await
    }

    /// `PUT path` with a body → JSON.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Outcome<T> {
        let answer = self.send(self.request(Method::PUT, path).json(body)).await?;
        self.decode(answer).await
    }

    /// `POST path` with a body; whatever the answer says is left unread.
    pub async fn tell(&self, path: &str, body: &impl Serialize) -> Outcome {
        self.send(self.request(Method::POST, path).json(body)).await.map(drop)
    }

    /// `POST path` without a body; whatever the answer says is left unread.
    pub async fn act(&self, path: &str) -> Outcome {
        self.send(self.request(Method::POST, path)).await.map(drop)
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> Outcome {
        self.send(self.request(Method::DELETE, path)).await.map(drop)
    }

    /// `GET path`, the body to be read piece by piece. Follows one redirect, without the token.
    pub async fn download(&self, path: &str) -> Outcome<Response> {
        let answer = self.send(self.request(Method::GET, path)).await?;
        if !answer.status().is_redirection() {
            return Ok(answer);
        }
        let target = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let target = target.and_then(|target| answer.url().join(target).ok());
        let target = target.ok_or_else(|| self.odd("a redirect without a target"))?;
        let host = target.host_str().unwrap_or_default().to_owned();
        let answer = self.http.get(target).send().await.map_err(|error| Failure::Unreachable { server: host, reason: reason(&error) })?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.odd(&format!("the object store answered {}", answer.status()))) }
    }

    /// The next piece of a body; `None` at its end.
    pub async fn piece(&self, answer: &mut Response) -> Outcome<Option<impl AsRef<[u8]> + use<>>> {
        answer.chunk().await.map_err(|error| self.broken(&error))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.server.join(path)).header(header::ACCEPT, "application/json");
        match &self.token {
            Some(token) => request.bearer_auth(token.secret()),
            None => request,
        }
    }

    /// Sends; an answer that is no success and no redirect becomes a failure.
    async fn send(&self, request: RequestBuilder) -> Outcome<Response> {
        let answer = request.send().await.map_err(|error| self.broken(&error))?;
        let status = answer.status();
        if status.is_success() || status.is_redirection() {
            return Ok(answer);
        }
        let body = answer.bytes().await.map_err(|error| self.broken(&error))?;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(Failure::Problem(Box::new(problem))),
            Err(_) if matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT) => {
                Err(Failure::Unreachable { server: self.server.to_string(), reason: format!("something in between answered {status}") })
            }
            Err(_) => Err(self.odd(&format!("it answered {status} without saying why"))),
        }
    }

    async fn decode<T: DeserializeOwned>(&self, answer: Response) -> Outcome<T> {
        let body = answer.bytes().await.map_err(|error| self.broken(&error))?;
        serde_json::from_slice(&body).map_err(|error| self.odd(&format!("its answer is not understood ({error})")))
    }

    fn broken(&self, error: &reqwest::Error) -> Failure {
        Failure::Unreachable { server: self.server.to_string(), reason: reason(error) }
    }

    fn odd(&self, what: &str) -> Failure {
        Failure::NotTheApi { server: self.server.to_string(), reason: what.to_owned() }
    }
}

fn http(server: &ServerUrl) -> Outcome<reqwest::Client> {
    let builder = || {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("kraken/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_FOR)
            .read_timeout(SILENCE_TIMEOUT);
        // A proxy for the world outside cannot reach this machine's own addresses.
        if server.is_loopback() { builder.no_proxy() } else { builder }
    };
    let http = builder().build().or_else(|error| {
        // A machine without any root certificate can still talk to servers that need none.
        if server.is_plain() { builder().tls_certs_only([]).build() } else { Err(error) }
    });
    http.map_err(|error| Failure::Other(format!("cannot prepare secure connections: {}", reason(&error))))
}

/// The innermost cause: the outer ones only say that a request failed, and hold the address with its query.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() { "no answer in time".to_owned() } else { innermost.to_string() }
}
