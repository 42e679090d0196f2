//! Entries of one origin on their way into the search, in batches.

use jiff::Timestamp;
use kraken_search::{Batch, Entry, LogSearch, SearchError};

use crate::IndexError;

/// A batch is brought when it has so many entries, or so many bytes of text.
const ENTRIES: usize = 5000;
const TEXT_BYTES: usize = 2 << 20;

/// Collects entries, numbered from 0 in the order in which they come.
pub(crate) struct Filing<'a> {
    search: &'a dyn LogSearch,
    origin: String,
    received: Timestamp,
    first: u64,
    entries: Vec<Entry>,
    text_bytes: usize,
}

impl<'a> Filing<'a> {
    /// Of what was read from `origin`, which was written at `received` by a clock that can be trusted.
    pub(crate) fn new(search: &'a dyn LogSearch, origin: impl Into<String>, received: Timestamp) -> Self {
        Self { search, origin: origin.into(), received, first: 0, entries: Vec::new(), text_bytes: 0 }
    }

    /// The number that the next entry gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    pub(crate) async fn add(&mut self, entry: Entry) -> Result<(), IndexError> {
        self.text_bytes += entry.text.len();
        self.entries.push(entry);
        if self.entries.len() >= ENTRIES || self.text_bytes >= TEXT_BYTES { self.bring().await } else { Ok(()) }
    }

    /// Brings the rest. Says how many entries there were.
    pub(crate) async fn finish(mut self) -> Result<u64, IndexError> {
        if !self.entries.is_empty() {
            self.bring().await?;
        }
        Ok(self.first)
    }

    async fn bring(&mut self) -> Result<(), IndexError> {
        let (first, entries) = (self.first, std::mem::take(&mut self.entries));
        self.first += entries.len() as u64;
        self.text_bytes = 0;
        let batch = Batch { origin: self.origin.clone(), received: self.received, first, entries };
        match self.search.append(batch).await {
            // They would be refused each time; all others are kept.
            Err(error @ SearchError::Refused { .. }) => {
                tracing::warn!(origin = self.origin, %error, "some lines of a log cannot be searched");
                Ok(())
            }
            outcome => Ok(outcome?),
        }
    }
}
