//! Entries on their way in, numbered so that taking them in twice keeps them once.

use jiff::{SignedDuration, Timestamp};

use crate::{Entry, MAX_TEXT_BYTES, SearchError};

/// Bytes that an origin may have: the longest object key, and a version or hash after it.
pub const MAX_ORIGIN_BYTES: usize = 2048;

/// How far from when it was received an entry's time may lie.
const LONGEST_AGO: SignedDuration = SignedDuration::from_hours(400 * 24);
const FURTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(48);

/// Entries that follow each other in the place they were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What the entries were read from, never changing once read: a log object's key and version, a CloudWatch event's
    /// id, a process's start. 1 to [`MAX_ORIGIN_BYTES`] bytes. Entries with one time stand in the order of their
    /// origins where these can't be told apart otherwise.
    pub origin: String,
    /// When that was written, by a clock that can be trusted (the object store's, the service's), the same at each
    /// attempt. An entry whose own time lies more than 400 days before or two days after it gets this time: the
    /// clock of whoever wrote it is wrong, and one wrong clock must not spread logs over the centuries.
    pub received: Timestamp,
    /// The number of the first entry within the origin; the others follow without gaps.
    pub first: u64,
    /// The entries, in the order of the origin.
    pub entries: Vec<Entry>,
}

impl Batch {
    /// The batch as it is to be kept, or why it can't be.
    pub fn checked(mut self) -> Result<Self, SearchError> {
        if self.origin.is_empty() || self.origin.len() > MAX_ORIGIN_BYTES {
            return Err(SearchError::Batch(format!("origin: {} bytes, expected 1 to {MAX_ORIGIN_BYTES}", self.origin.len())));
        }
        if self.first.checked_add(self.entries.len() as u64).is_none_or(|next| i64::try_from(next).is_err()) {
            return Err(SearchError::Batch(format!("first {}: expected a number below 2^63", self.first)));
        }
        for (index, entry) in self.entries.iter_mut().enumerate() {
            if entry.text.len() > MAX_TEXT_BYTES {
                return Err(SearchError::TooLong { index, bytes: entry.text.len() });
            }
            let apart = entry.time.duration_since(self.received);
            if apart > FURTHEST_AHEAD || apart < -LONGEST_AGO {
                entry.time = self.received;
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests;
