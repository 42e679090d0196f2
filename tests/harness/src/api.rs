//! The public API as a client sees it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use kraken_protocol::api::Problem;
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A refusal, as the API words it.
#[derive(Debug)]
pub struct ApiFailure {
    /// HTTP status.
    pub status: StatusCode,
    /// The problem document.
    pub problem: Problem,
}

impl std::fmt::Display for ApiFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {} {:?}", self.status, self.problem.kind, self.problem.detail, self.problem.errors)
    }
}

impl std::error::Error for ApiFailure {}

/// The refusal that a call was answered with.
///
/// # Errors
/// When the call succeeded, or failed without a problem document.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> Result<ApiFailure> {
    match answer {
        Ok(answer) => bail!("expected a refusal, got {answer:?}"),
        Err(error) => error.downcast().context("expected a problem document"),
    }
}

/// A client with a token.
#[derive(Clone, Debug)]
pub struct Api {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Api {
    /// A client of the server at `url`.
    pub fn new(url: &str, token: Option<&str>) -> Self {
        // Whoever comes first sets it for the process.
        let _set_already = rustls::crypto::ring::default_provider().install_default();
        // Idle connections are let go of before the server does: a request never meets the moment in which it closes one.
        let builder = reqwest::Client::builder().timeout(Duration::from_secs(120)).pool_idle_timeout(Duration::from_secs(15));
        let client = builder.build().expect("a client without TLS settings can be built");
        Self { client, url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// The same server with another token, or none.
    #[must_use]
    pub fn with_token(&self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self.clone() }
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A request to `path` with the token, for what the other calls do not cover.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T> {
        let response = request.send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            let problem = serde_json::from_slice(&body).with_context(|| format!("{status} without a problem document: {body:?}"))?;
            return Err(ApiFailure { status, problem }.into());
        }
        let body: &[u8] = if body.is_empty() { b"null" } else { &body };
        serde_json::from_slice(body).with_context(|| format!("unexpected answer: {}", String::from_utf8_lossy(body)))
    }

    /// GET.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Self::answer(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        Self::answer(self.request(Method::POST, path).json(body)).await
    }

    /// PUT with a JSON body.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        Self::answer(self.request(Method::PUT, path).json(body)).await
    }

    /// DELETE.
    ///
    /// # Errors
    /// [`ApiFailure`] when refused.
    pub async fn delete(&self, path: &str) -> Result<()> {
        Self::answer::<Value>(self.request(Method::DELETE, path)).await.map(drop)
    }
}
