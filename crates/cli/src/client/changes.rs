//! Waiting for news without asking for everything all the time.

use std::time::Duration;

use kraken_protocol::api::Changes;
use reqwest::{Method, StatusCode, header};

use super::Client;
use crate::failure::{Failure, Outcome};

/// How often everything is read when the server does not say, or cannot tell what changed.
const FALLBACK: Duration = Duration::from_secs(2);

/// Bounds for what the server says, so that a mistake there neither floods it nor makes us sleep for ever.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(30);

/// Everything is read again after this many answers "nothing changed": a missed change costs time, never truth.
const BLIND_FAITH: u32 = 10;

/// What is known of the versions of some things.
#[derive(Debug, Default)]
pub struct Watch {
    etag: Option<String>,
    interval: Option<Duration>,
    unchanged: u32,
}

impl Watch {
    /// How long to wait before asking again.
    pub fn interval(&self) -> Duration {
        self.interval.unwrap_or(FALLBACK)
    }

    /// Asks once whether `key` (`flow:ID`, `run:ID`, `job:ID`) changed since the last time. The first time it has, always.
    ///
    /// # Errors
    ///
    /// Only what asking for the things themselves would say as well: no connection, no right. A server that does not know this
    /// call, or the key, gets asked for the things themselves.
    pub async fn news(&mut self, client: &Client, key: &str) -> Outcome<bool> {
        let mut request = client.request(Method::GET, "/api/changes").query(&[("watch", key)]);
        if let Some(etag) = &self.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let answer = match client.send(request).await {
            Ok(answer) => answer,
            Err(failure @ Failure::Unreachable { .. }) => return Err(failure),
            Err(Failure::Problem(problem)) if matches!(problem.status, 401 | 403) => return Err(Failure::Problem(problem)),
            Err(_) => return Ok(self.blind()),
        };
        if answer.status() == StatusCode::NOT_MODIFIED {
            self.unchanged += 1;
            let look_anyway = self.unchanged >= BLIND_FAITH;
            if look_anyway {
                self.unchanged = 0;
            }
            return Ok(look_anyway);
        }
        self.unchanged = 0;
        let header = answer.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        match client.decode::<Changes>(answer).await {
            Ok(changes) => {
                // On the wire a tag stands in quotes; the document has it without.
                let etag = header.unwrap_or_else(|| format!("\"{}\"", changes.etag));
                let changed = self.etag.as_ref() != Some(&etag);
                self.etag = Some(etag);
                self.interval = Some(Duration::from_millis(u64::from(changes.next_ms)).clamp(SHORTEST, LONGEST));
                Ok(changed)
            }
            Err(failure @ Failure::Unreachable { .. }) => Err(failure),
            Err(_) => Ok(self.blind()),
        }
    }

    fn blind(&mut self) -> bool {
        *self = Self::default();
        true
    }
}
