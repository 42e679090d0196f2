//! What the public API takes and gives: used by its handlers, the CLI, and (through OpenAPI) the web UI.
//!
//! Views are made from domain records; they are what people see, not what is stored. Times are RFC 3339 in UTC. Lists are pages
//! ([`Page`]) with an opaque cursor. Errors are RFC 9457 problem documents ([`Problem`]).

mod agents;
mod audit;
mod data;
mod diagnostics;
mod flows;
mod logs;
mod notices;
mod parameters;
mod queue;
mod retention;
mod secrets;
mod settings;
mod setup;
mod shapes;
mod sign_in;
mod since_green;
mod sources;
mod tools;
mod transfer;
mod variables;
mod webhooks;
pub mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use agents::*;
pub use audit::*;
pub use data::*;
pub use diagnostics::*;
pub use flows::*;
pub use logs::*;
pub use notices::*;
pub use parameters::*;
pub use queue::*;
pub use retention::*;
pub use secrets::*;
pub use settings::*;
pub use setup::*;
pub use sign_in::*;
pub use since_green::*;
pub use sources::*;
pub use tools::*;
pub use transfer::*;
pub use variables::*;
pub use webhooks::*;

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Ask with `?cursor=` for the rows after these; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An RFC 9457 problem document (`application/problem+json`).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A stable name of the kind of problem: `/problems/not-found`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong this time: the field, the value, what was expected.
    pub detail: String,
    /// Names this request in the server's log.
    #[serde(default)]
    pub request_id: String,
    /// Where in the request, one entry per problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One wrong place in a request or a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer to the field: `/jobs/0/steps/1/cmd`; empty for the whole.
    pub path: String,
    /// Line of the stage's code, from 1, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is wrong and what was expected.
    pub message: String,
}

/// `GET /api/version`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The server's version.
    pub version: String,
    /// The oldest version an agent may have.
    pub agents_from: String,
}

/// `GET /api/health`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`, or what is wrong.
    pub status: String,
    /// When an import began that has not ended; absent when there is none. Until it has, nothing can be changed here and nothing starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub importing_since: Option<Timestamp>,
}

/// `GET /api/changes?watch=flow:…,job:…`: has anything of these changed?
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// Send it back as `If-None-Match`; `304` when nothing changed.
    pub etag: String,
    /// Watched key → its version now.
    pub changed: std::collections::BTreeMap<String, u64>,
    /// Watched key → why it has no version: it is no key, there is no such thing, or it is not for the caller. The others are told as ever.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub left_out: std::collections::BTreeMap<String, String>,
    /// Ask again after this many milliseconds.
    pub next_ms: u32,
}
