//! The agent's side of `/api/agent/*`: one typed call per request, each with its own idea of when to try again.
//!
//! Invariant: the agent token goes into the `Authorization` header of requests to the server and nowhere else; no error text holds it.

mod calls;
mod problem;
mod retry;

use std::time::{Duration, Instant};

use reqwest::{
    Client, StatusCode, Url,
    header::{AUTHORIZATION, HeaderValue, RETRY_AFTER},
};

pub use calls::Call;
pub use problem::ApiError;
pub use retry::{Retry, luck};

/// Speaks to the server with one token.
#[derive(Clone)]
pub struct Api {
    http: Client,
    base: Url,
    bearer: Option<HeaderValue>,
}

/// What is wrong with the way to the server, before anything was asked.
#[derive(Debug, thiserror::Error)]
pub enum BadServer {
    /// The address is none.
    #[error("{address:?} is not the address of a server: expected something like https://ci.example.com ({reason})")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token cannot be sent.
    #[error("the token has characters that no token has; take it again from where it was shown")]
    Token,
    /// There is no HTTP client to be had.
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// An idle connection is kept for so long: less than servers and proxies do, or a request would meet the moment in which they close it.
const IDLE_FOR: Duration = Duration::from_secs(15);

/// An HTTP client that trusts the host's certificates; with `plain` it needs none and does not load them.
pub(crate) fn http_client(plain: bool) -> Result<Client, BadServer> {
    // Somebody else in the process may have chosen a provider already: then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("kraken-agent/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(60))
        .pool_idle_timeout(IDLE_FOR)
        .pool_max_idle_per_host(2)
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none());
    let builder = if plain { builder.tls_certs_only([]) } else { builder };
    builder.build().map_err(|error| BadServer::Client(error.to_string()))
}

impl Api {
    /// Will speak to the server at `address` (its root, `https://ci.example.com`), without a token.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(address: &str) -> Result<Self, BadServer> {
        let wrong = |reason: String| BadServer::Address { address: address.to_owned(), reason };
        let mut base = Url::parse(address).map_err(|error| wrong(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong("it must begin with http:// or https://".to_owned()));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self { http: http_client(base.scheme() == "http")?, base, bearer: None })
    }

    /// The same server, spoken to with this token.
    ///
    /// # Errors
    /// When it cannot be the content of a header.
    pub fn with_token(&self, token: &str) -> Result<Self, BadServer> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| BadServer::Token)?;
        bearer.set_sensitive(true);
        Ok(Self { bearer: Some(bearer), ..self.clone() })
    }

    /// The server's address.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// Makes a call, again and again as its [`Call::RETRY`] says. Dropping the future gives up.
    ///
    /// # Errors
    /// What the server refused, or what went wrong the last time.
    pub async fn call<C: Call>(&self, request: &C) -> Result<C::Answer, ApiError> {
        self.call_timed(request).await.map(|(answer, _)| answer)
    }

    /// The same, with the moment at which the try that was answered was sent: leases and limits that the answer grants count from then.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn call_timed<C: Call>(&self, request: &C) -> Result<(C::Answer, tokio::time::Instant), ApiError> {
        let begun = Instant::now();
        let mut tries = 0;
        loop {
            let sent = tokio::time::Instant::now();
            let error = match self.once(request).await {
                Ok(answer) => return Ok((answer, sent)),
                Err(error) => error,
            };
            let pause = C::RETRY.pause(tries, luck()).max(error.wait_at_least());
            tries += 1;
            if !error.is_passing() || C::RETRY.is_over(begun.elapsed() + pause) {
                return Err(error);
            }
            if tries == 5 || tries % 60 == 0 {
                tracing::warn!(path = C::PATH, tries, error = %error, "the server does not answer; trying on");
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Makes a call once.
    ///
    /// # Errors
    /// What the server refused, or what went wrong.
    pub async fn once<C: Call>(&self, request: &C) -> Result<C::Answer, ApiError> {
        let url = self.base.join(C::PATH).map_err(|error| ApiError::Garbled(error.to_string()))?;
        let mut sent = self.http.post(url).json(request).timeout(C::TIMEOUT);
        if let Some(bearer) = &self.bearer {
            sent = sent.header(AUTHORIZATION, bearer);
        }
        let answer = sent.send().await.map_err(ApiError::from_transport)?;
        let status = answer.status();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = answer.bytes().await.map_err(ApiError::from_transport)?;
        if status == StatusCode::OK || status == StatusCode::CREATED {
            return serde_json::from_slice(&body).map_err(|error| ApiError::Garbled(error.to_string()));
        }
        Err(ApiError::from_problem(status, retry_after.map(Duration::from_secs), &body))
    }
}

#[cfg(test)]
mod tests;
