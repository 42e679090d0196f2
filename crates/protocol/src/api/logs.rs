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
    /// Where steps begin, in order, of the whole log so far.
    #[serde(default)]
    pub steps: Vec<LogStep>,
}

/// Where the lines of a step begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogStep {
    /// Its number in the job, from 0.
    pub step: u32,
    /// Number of its first line, from 0. A step without lines has that of the next.
    pub first_line: u64,
    /// When it began.
    pub at: Timestamp,
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

/// `GET /api/logs`: a page of lines that fit, of jobs, agents and services.
///
/// A page may have fewer lines than were asked for, even none, although more follow: only a missing `next` says that there are none.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FoundLogs {
    /// The lines, in the order asked for.
    pub items: Vec<FoundLine>,
    /// Ask with `?cursor=` for the lines after these; absent when there are no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many stored logs, about, are not in the search yet: their lines are not found. 0: nothing is missing.
    pub behind: u64,
}

/// One line that was found, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundLine {
    /// When it was written.
    pub time: Timestamp,
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// Who wrote it: `job` for what a job's steps print, `agent`, or a part of the server.
    pub service: String,
    /// The project it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The branch it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The flow it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// The run it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The job it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The step it is about: its number in the job, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Of a line of a job: its number in the job's log, from 0, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The agent it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What it says, without what colours it.
    pub text: String,
}
