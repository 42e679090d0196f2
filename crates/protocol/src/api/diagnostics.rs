//! How the system is, for those who look after it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/diagnostics`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnostics {
    /// The server's version.
    pub version: String,
    /// `aws`, or `local`: all in one process.
    pub home: String,
    /// The server's time.
    pub now: Timestamp,
    /// Since when the process that answers is there. On AWS it is one of many, and none lasts long.
    pub started_at: Timestamp,
    /// The same in seconds.
    pub uptime_s: i64,
    /// When an import began that has not ended; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importing_since: Option<Timestamp>,
    /// What waits between the parts of the server.
    pub queues: Vec<QueueState>,
    /// What is due, by kind. What waits here for more than two minutes is not being dealt with.
    pub due: Vec<DueState>,
    /// How many agents are in which state: `idle`, `busy`, …
    pub agents: BTreeMap<String, u32>,
    /// Whether there are more agents than were counted.
    pub agents_more: bool,
    /// The search of logs.
    pub search: SearchState,
}

/// A queue between parts of the server. Counts are estimates; absent ones are not known, because there is no such queue here or it may not be
/// looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueState {
    /// Its name.
    pub name: String,
    /// Messages that nobody has yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// Messages that somebody works on, or that rest after a try that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<u64>,
    /// Messages that could not be dealt with, and are put aside for somebody to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_letters: Option<u64>,
}

/// What is due of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueState {
    /// `job`, `run`, `counts`, `agent`, `events` (to be told the bus), `trigger`, `delivery` (of a webhook), `notice` (to be sent to people), …
    pub kind: String,
    /// How many, counted up to 100.
    pub count: u32,
    /// Since when the first of them; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// How the search of logs is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchState {
    /// Whether there is one. Without it the logs of one run or job are read through.
    pub there: bool,
    /// How many stored logs, about, are not in it yet; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
}
