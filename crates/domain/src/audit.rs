//! Who did what: one entry for each call of a person, or of a program with a person's token, that changed something.
//!
//! Invariant: an entry says which call it was, never what was sent with it: no secret can be in it. What the clock, agents and git hosts set in
//! motion has none, nor has a flow that somebody starts: flows say themselves by whom.

use std::fmt::Display;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ProjectId, TokenId};

/// For how long entries are kept: 400 days.
pub const KEPT_S: i64 = 400 * 24 * 3600;
/// Bytes of a path that are kept.
pub const PATH_MAX: usize = 500;

/// A call that changed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When it was made.
    pub at: Timestamp,
    /// Names the request in the server's log.
    pub request: String,
    /// The token that it was made with.
    pub token: TokenId,
    /// What that token was called then.
    pub name: String,
    /// What was called, with names in place of ids: `POST /api/flows/{flow}/cancel`.
    pub action: String,
    /// The path with the ids, without a query: `/api/flows/01k…/cancel`.
    pub path: String,
    /// The project whose roles allowed it; `None`: the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// What it made, where it made something that has an id or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
}

/// Something that a call made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// What: `project`, `branch`, `stage`, `secret`, `token`, `agents group`.
    pub kind: String,
    /// Its id, or its name where it has none.
    pub id: String,
}

impl Made {
    /// One of that kind.
    pub fn new(kind: &str, id: impl Display) -> Self {
        Self { kind: kind.to_owned(), id: id.to_string() }
    }
}

impl AuditEntry {
    /// When it is forgotten.
    pub fn expires(&self) -> Timestamp {
        self.at.saturating_add(jiff::SignedDuration::from_secs(KEPT_S)).unwrap_or(Timestamp::MAX)
    }
}

/// A path cut to what is kept.
pub fn kept_path(path: &str) -> String {
    path[..path.floor_char_boundary(PATH_MAX)].to_owned()
}

#[cfg(test)]
mod tests;
