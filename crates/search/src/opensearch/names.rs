//! The names of indices: one for each day (UTC) that entries were written on.
//!
//! By day, because logs are forgotten by deleting whole indices, and it should be known to the day when: a day of ten
//! million lines is some gigabytes, a good size for one shard, and a year of days stays far below what a small cluster
//! takes. Invariant: an entry's index follows from the entry alone, so that it goes to the same one each time it comes.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::SearchError;

/// Bytes of a prefix; a name may have 255.
const MAX_PREFIX: usize = 100;

/// The names that begin with a prefix.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Result<Self, SearchError> {
        let word = |word: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            // Patterns tell the year from what comes before it by its digit.
            word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(fits)
        };
        if prefix.len() > MAX_PREFIX || !prefix.split('-').all(word) {
            return Err(SearchError::Setup(format!(
                "prefix {prefix:?}: expected words of lower case letters and digits, joined by hyphens, each beginning with a letter"
            )));
        }
        Ok(Self { prefix: prefix.to_owned() })
    }

    /// The name of the template.
    pub(super) fn template(&self) -> &str {
        &self.prefix
    }

    /// Patterns of all indices: ours, and none whose prefix only begins with ours.
    pub(super) fn patterns(&self) -> [String; 2] {
        ["1", "2"].map(|millennium| format!("{}-{millennium}*", self.prefix))
    }

    /// The index of an entry written at `time`.
    pub(super) fn of(&self, time: Timestamp) -> String {
        let day = time.to_zoned(TimeZone::UTC).date();
        format!("{}-{:04}.{:02}.{:02}", self.prefix, day.year(), day.month(), day.day())
    }

    /// Whether the index `name` is ours and has only entries from before `time`.
    pub(super) fn is_before(&self, name: &str, time: Timestamp) -> bool {
        let Some(day) = self.day(name) else { return false };
        let end = day.checked_add(1.day()).and_then(|next| next.to_zoned(TimeZone::UTC));
        end.is_ok_and(|end| end.timestamp() <= time)
    }

    fn day(&self, name: &str) -> Option<Date> {
        let day = name.strip_prefix(&self.prefix)?.strip_prefix('-')?;
        Date::strptime("%Y.%m.%d", day).ok()
    }
}

#[cfg(test)]
mod tests;
