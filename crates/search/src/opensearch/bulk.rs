//! Taking entries in, many at a time.
//!
//! Invariant: an entry is sent again only while its own failure may pass; those that were taken, and those that never
//! will be, are not sent again and keep no other from being taken.

use std::time::Duration;

use bytes::Bytes;
use opensearch::OpenSearch;
use opensearch::http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::calls::{Failure, call};
use super::document::{Creation, Creator};
use super::names::Names;
use crate::{Batch, Refusal, SearchError};

/// Bytes of a request; one entry that is longer has a request of its own.
const MAX_BYTES: usize = 5_000_000;

/// The first pause; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// Sends all of `batch`.
pub(super) async fn append(client: &OpenSearch, names: &Names, patience: Duration, batch: &Batch) -> Result<(), SearchError> {
    let creator = Creator::new(names, batch);
    let mut bulk = Bulk { client, patience, refused: Vec::new(), setup: None };
    let (mut ready, mut bytes) = (Vec::new(), 0);
    for (index, entry) in batch.entries.iter().enumerate() {
        let creation = creator.creation(index, entry).map_err(|error| SearchError::Batch(format!("entry {index}: {error}")))?;
        if bytes + creation.lines.len() > MAX_BYTES && !ready.is_empty() {
            bulk.send(std::mem::take(&mut ready)).await?;
            bytes = 0;
        }
        bytes += creation.lines.len();
        ready.push(creation);
    }
    if !ready.is_empty() {
        bulk.send(ready).await?;
    }
    match bulk.setup {
        Some(setup) => Err(setup.into_error()),
        None if bulk.refused.is_empty() => Ok(()),
        None => {
            bulk.refused.sort_by_key(|refusal| refusal.number);
            Err(SearchError::Refused { refused: bulk.refused, of: batch.entries.len() })
        }
    }
}

/// What is known after some requests.
struct Bulk<'a> {
    client: &'a OpenSearch,
    patience: Duration,
    refused: Vec<Refusal>,
    /// The last failure that somebody has to put right elsewhere.
    setup: Option<Failure>,
}

/// An answer to a bulk request.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errors: bool,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    status: u16,
    #[serde(default)]
    error: Value,
}

impl Bulk<'_> {
    /// Sends `creations` until each is taken or refused.
    async fn send(&mut self, creations: Vec<Creation>) -> Result<(), SearchError> {
        let mut left = vec![creations];
        let mut pauses = pauses(self.patience);
        while let Some(creations) = left.pop() {
            let (again, failure) = match self.request(&creations).await? {
                Ok(answer) => self.sort_out(creations, answer)?,
                Err(failure) if failure.status == 413 => {
                    left.extend(self.split(creations, failure));
                    continue;
                }
                Err(failure) if failure.may_pass() => (creations, Some(failure)),
                Err(failure) => return Err(failure.into_error()),
            };
            if again.is_empty() {
                continue;
            }
            match pauses.next() {
                Some(pause) => tokio::time::sleep(pause).await,
                None => {
                    let reason = failure.map_or_else(String::new, |failure| format!(", {}: {}", failure.status, failure.reason));
                    return Err(SearchError::Unavailable(format!("OpenSearch still refuses {} entries for now{reason}", again.len())));
                }
            }
            left.push(again);
        }
        Ok(())
    }

    async fn request(&self, creations: &[Creation]) -> Result<Result<Answer, Failure>, SearchError> {
        let body: Vec<u8> = creations.iter().flat_map(|creation| &creation.lines).copied().collect();
        call(self.client, Method::Post, "_bulk", &[("filter_path", "errors,items.*.status,items.*.error")], Some(Bytes::from(body))).await
    }

    /// What to send again, and the reason of one of them.
    fn sort_out(&mut self, creations: Vec<Creation>, answer: Answer) -> Result<(Vec<Creation>, Option<Failure>), SearchError> {
        if answer.items.len() != creations.len() {
            let (items, sent) = (answer.items.len(), creations.len());
            return Err(SearchError::Unavailable(format!("OpenSearch answers for {items} entries, {sent} were sent")));
        }
        let mut again = (Vec::new(), None);
        if !answer.errors {
            return Ok(again);
        }
        for (creation, Item { create: Outcome { status, error } }) in creations.into_iter().zip(answer.items) {
            // 409: it was taken before.
            if matches!(status, 200..300 | 409) {
                continue;
            }
            let failure = Failure::new(status, &error);
            if failure.may_pass() {
                again.0.push(creation);
                again.1 = Some(failure);
            } else if failure.is_setup() {
                self.setup = Some(failure);
            } else {
                self.refused.push(Refusal { number: creation.number, reason: failure.reason });
            }
        }
        Ok(again)
    }

    /// Two halves of what was too much for one request; what can't be halved is refused.
    fn split(&mut self, mut creations: Vec<Creation>, failure: Failure) -> Vec<Vec<Creation>> {
        if let [creation] = creations.as_slice() {
            let reason = format!("{} bytes are too many for OpenSearch: {}", creation.lines.len(), failure.reason);
            self.refused.push(Refusal { number: creation.number, reason });
            return Vec::new();
        }
        let second = creations.split_off(creations.len() / 2);
        vec![second, creations]
    }
}

/// Pauses that double, and together last no longer than `patience`.
fn pauses(patience: Duration) -> impl Iterator<Item = Duration> {
    let doubling = std::iter::successors(Some(FIRST_PAUSE), |pause| Some((*pause * 2).min(LONGEST_PAUSE)));
    doubling.scan(Duration::ZERO, move |sum, pause| {
        *sum += pause;
        (*sum <= patience).then_some(pause)
    })
}

#[cfg(test)]
mod tests;
