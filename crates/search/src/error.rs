//! Why a log search refused, told apart by what the caller should do.

use crate::MAX_TEXT_BYTES;

/// Why logs could not be kept or found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// It can't answer now: it is down, overloaded, or out of room. Try again later. Of an append some may have been
    /// kept; appending it whole again keeps the rest.
    #[error("log search is not available: {0}")]
    Unavailable(String),
    /// These entries can't be kept, however often they are sent; all others of the batch are kept. Report them.
    #[error("log search refused {} of {of} entries, the first (number {}): {}", refused.len(), first(refused).0, first(refused).1)]
    Refused {
        /// At least one.
        refused: Vec<Refusal>,
        /// How many entries the batch had.
        of: usize,
    },
    /// An entry is too long: cut it. Nothing of the append was kept.
    #[error("text of entry {index}: {bytes} bytes, at most {MAX_TEXT_BYTES} are kept")]
    TooLong {
        /// Its place in the batch, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// The batch makes no sense: the caller's mistake. Nothing of it was kept.
    #[error("{0}")]
    Batch(String),
    /// The query makes no sense: the caller's mistake.
    #[error("{0}")]
    Query(String),
    /// The other side refuses as a whole: access denied, no such index, a version it doesn't know. Trying again doesn't
    /// help until somebody changes its settings or ours. Nothing can be said about what was kept.
    #[error("log search is set up wrongly: {0}")]
    Setup(String),
}

impl SearchError {
    /// Whether the same call may succeed later without anybody changing it: true while the search is down or set up
    /// wrongly, false for what is wrong with the call itself.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Setup(_))
    }
}

/// An entry that can't be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its number within the origin.
    pub number: u64,
    /// What was wrong with it.
    pub reason: String,
}

fn first(refused: &[Refusal]) -> (u64, &str) {
    refused.first().map_or((0, "no reason given"), |refusal| (refusal.number, &refusal.reason))
}
