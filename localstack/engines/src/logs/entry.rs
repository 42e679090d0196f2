//! What the store keeps: entries, each with where it comes from.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Bytes of text that one entry may have. Longer ones are refused: whoever sends them decides where to cut.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;

/// How much an entry matters, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// What happened.
    Info,
    /// What may need a look.
    Warn,
    /// What failed.
    Error,
}

impl Level {
    pub(super) const ALL: [Level; 4] = [Level::Debug, Level::Info, Level::Warn, Level::Error];
}

/// Where an entry comes from. Entries of one origin share it, which also makes them cheap to take in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The program that wrote the entry: `agent`, `scheduler`, …
    pub service: String,
    /// The flow it is about.
    pub flow: Option<String>,
    /// The run it is about.
    pub run: Option<String>,
    /// The job it is about.
    pub job: Option<String>,
    /// The step it is about.
    pub step: Option<String>,
    /// The agent it is about.
    pub agent: Option<String>,
}

/// One entry: usually one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was written, by the clock of the writer. Nanoseconds are kept.
    pub time: Timestamp,
    /// How much it matters.
    pub level: Level,
    /// Where it comes from.
    pub source: Arc<Source>,
    /// What it says; at most [`MAX_TEXT_BYTES`]. It may hold line breaks.
    pub text: String,
}

impl Entry {
    /// An entry from the bytes of a line. What isn't UTF-8 becomes U+FFFD.
    pub fn lossy(time: Timestamp, level: Level, source: Arc<Source>, text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text).into_owned();
        Self { time, level, source, text }
    }
}

/// The time of an entry as it is stored: nanoseconds since 1970, clamped to the years 1678 to 2261.
pub(super) fn nanoseconds(time: Timestamp) -> i64 {
    let wide = time.as_nanosecond();
    i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX })
}

/// The inverse of [`nanoseconds`].
pub(super) fn timestamp(nanoseconds: i64) -> Timestamp {
    // Every i64 of nanoseconds lies within the range of a timestamp.
    Timestamp::from_nanosecond(nanoseconds.into()).unwrap_or(Timestamp::UNIX_EPOCH)
}
