//! One request to OpenSearch, and what its failure means.

use bytes::Bytes;
use opensearch::OpenSearch;
use opensearch::http::headers::HeaderMap;
use opensearch::http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::SearchError;

/// Characters of a reason that are repeated: enough to know what is wrong, never a whole document.
const REASON_CHARS: usize = 400;

/// What OpenSearch answered, when it wasn't what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) reason: String,
}

impl Failure {
    /// Whether the same may succeed in a while.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.status, 408 | 429 | 500..)
    }

    /// Whether nothing is wrong with what was sent, but it may not be done or there is no place for it.
    pub(super) fn is_setup(&self) -> bool {
        matches!(self.status, 401 | 403 | 404)
    }

    /// From the `error` of an answer or of an item.
    pub(super) fn new(status: u16, error: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let kind = text(&error["type"]);
        let cause = text(&error["caused_by"]["reason"]);
        let parts = [kind, text(&error["reason"]).or_else(|| text(error)), cause];
        let mut reason = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
        if reason.is_empty() {
            reason = "no reason given".to_owned();
        }
        if let Some((cut, _)) = reason.char_indices().nth(REASON_CHARS) {
            reason.truncate(cut);
        }
        Self { status, reason }
    }

    /// For a request that isn't about single entries.
    pub(super) fn into_error(self) -> SearchError {
        let text = format!("OpenSearch answers {}: {}", self.status, self.reason);
        if self.may_pass() { SearchError::Unavailable(text) } else { SearchError::Setup(text) }
    }
}

/// Sends a request. The outer error means that nothing is known of its effect.
pub(super) async fn call<T: DeserializeOwned>(
    client: &OpenSearch,
    method: Method,
    path: &str,
    query: &[(&str, &str)],
    body: Option<Bytes>,
) -> Result<Result<T, Failure>, SearchError> {
    let unavailable = |error: opensearch::Error| SearchError::Unavailable(format!("no answer from OpenSearch: {}", causes(&error)));
    let answer = client.send(method, path, HeaderMap::new(), Some(query), body, None).await.map_err(unavailable)?;
    let status = answer.status_code();
    let bytes = answer.bytes().await.map_err(unavailable)?;
    if status.is_success() {
        let read = serde_json::from_slice(&bytes);
        return read.map(Ok).map_err(|error| SearchError::Unavailable(format!("OpenSearch answers what cannot be read: {error}")));
    }
    Ok(Err(failure(status, &bytes)))
}

fn failure(status: StatusCode, body: &[u8]) -> Failure {
    // Proxies and signing front ends answer in other shapes: {"message": …}, or text.
    match serde_json::from_slice::<Value>(body) {
        Ok(body) if !body["error"].is_null() => Failure::new(status.as_u16(), &body["error"]),
        Ok(body) => Failure::new(status.as_u16(), body.get("message").or_else(|| body.get("Message")).unwrap_or(&Value::Null)),
        Err(_) => Failure::new(status.as_u16(), &Value::String(String::from_utf8_lossy(body).trim().to_owned())),
    }
}

/// An error with what caused it, once each.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}
