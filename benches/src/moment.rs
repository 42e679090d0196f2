//! Moments on the machine's clock, which the jobs and the logs of all programs share.

use std::time::SystemTime;

use anyhow::{Context, Result};
use jiff::Timestamp;

/// Microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// What `$EPOCHREALTIME` of bash says: seconds and six digits, with the comma of whatever language.
    pub(crate) fn of_shell(text: &str) -> Result<Self> {
        let digits: String = text.trim().chars().filter(char::is_ascii_digit).collect();
        digits.parse().map(Self).with_context(|| format!("{text:?} is not a time"))
    }

    /// What a log line begins with.
    pub(crate) fn of_log(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|at| Self(at.as_microsecond()))
    }

    /// Milliseconds from `earlier` to this.
    pub(crate) fn ms_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1e3
    }

    /// Seconds from `earlier` to this.
    pub(crate) fn s_since(self, earlier: Self) -> f64 {
        self.ms_since(earlier) / 1e3
    }

    /// So many milliseconds before this.
    pub(crate) fn before_ms(self, ms: f64) -> Self {
        Self(self.0 - (ms * 1e3) as i64)
    }
}

#[cfg(test)]
mod tests;
