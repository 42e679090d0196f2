//! Reading logs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/jobs/{job}/log?from=&limit=` or `?tail=`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LogLines {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// How many lines the log has so far.
    pub total: u64,
    /// Whether it will grow no more.
    pub complete: bool,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Its number, from 0.
    pub number: u64,
    /// When the agent read it, to 100 ms.
    pub time: Timestamp,
    /// Its bytes as text; bytes that are not UTF-8 become U+FFFD. The download has them as they were.
    pub text: String,
}

/// `GET /api/jobs/{job}/log/search?q=&regex=&from=&limit=`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LogMatches {
    /// The lines that match, in order.
    pub lines: Vec<LogLine>,
    /// Go on with `?from=` this line; absent when the whole log was searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_from: Option<u64>,
}
