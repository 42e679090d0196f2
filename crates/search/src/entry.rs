//! What is kept: entries, each with where it comes from.

use std::fmt;
use std::str::FromStr;
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
    /// All of them, from least to most.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = String;

    /// A level by its name, in any case.
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| format!("level {name:?}: expected debug, info, warn or error"))
    }
}

/// Where an entry comes from. Entries that come from one place share it, which also makes them cheap to take in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The program that wrote the entry: `agent`, `scheduler`, …; `job` for what a job's steps print.
    pub service: String,
    /// The project it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The branch it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The flow it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// The run it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The job it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The step it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The agent it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
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
