//! Documents with a version: read with their tag, changed on the condition that it is still the same.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, header};
use serde_json::Value;

use super::Client;
use crate::failure::{Failure, Outcome};

/// The HTTP status of a change of what somebody else has changed meanwhile.
const MOVED: u16 = 412;

/// The status of a server that cannot do it now: too many change the same document, say.
const BUSY: u16 = 503;
const BUSY_TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// A document as it was read.
#[derive(Debug)]
pub struct Tagged {
    /// What is in it.
    pub value: Value,
    /// Names its version.
    pub tag: String,
}

/// What to do with a document.
#[derive(Clone, Debug)]
pub enum DocumentChange<'a> {
    /// Put a value at a place.
    Set(&'a Value),
    /// Do the operations of a JSON Patch.
    Patch(&'a Value),
}

impl Client {
    /// `GET path` → JSON with its tag.
    pub async fn document(&self, path: &str, query: &[(&str, String)]) -> Outcome<Tagged> {
        let answer = self.send(self.request(Method::GET, path).query(query)).await?;
        let tag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.ok_or_else(|| self.odd("a document without a tag"))?.to_owned();
        Ok(Tagged { value: self.decode(answer).await?, tag })
    }

    /// Changes a document; `None`: it is not `over` that version any more, and nothing was changed. Where no answer comes it is asked again:
    /// the server does it once per `key`.
    pub async fn change_document(
        &self,
        path: &str,
        query: &[(&str, String)],
        change: DocumentChange<'_>,
        over: Option<&str>,
        key: &str,
    ) -> Outcome<Option<Value>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let request = match change {
                DocumentChange::Set(value) => self.request(Method::PUT, path).json(value),
                DocumentChange::Patch(patch) => {
                    let request = self.request(Method::PATCH, path).header(header::CONTENT_TYPE, "application/json-patch+json");
                    request.body(patch.to_string())
                }
            };
            let request = request.query(query).header("idempotency-key", key);
            let request = over.into_iter().fold(request, |request: RequestBuilder, tag| request.header(header::IF_MATCH, tag));
            match self.send(request).await {
                Ok(answer) => return self.decode(answer).await.map(Some),
                Err(Failure::Problem(problem)) if problem.status == MOVED => return Ok(None),
                Err(Failure::Problem(problem)) if problem.status == BUSY && tries < BUSY_TRIES => tokio::time::sleep(PAUSE).await,
                Err(Failure::Unreachable { .. }) if tries == 1 => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}
