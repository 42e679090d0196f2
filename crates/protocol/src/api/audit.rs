//! Who did what.

use jiff::Timestamp;
use kraken_domain::{ProjectId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A call that changed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// When.
    pub at: Timestamp,
    /// Names the request in the server's log.
    pub request_id: String,
    /// The token that it was made with.
    #[schema(value_type = String)]
    pub token: TokenId,
    /// What that token was called then.
    pub actor: String,
    /// What was called, with names in place of ids: `POST /api/flows/{flow}/cancel`.
    pub action: String,
    /// The same in words: `Cancels a flow`. Absent for what this version does not know any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The path with the ids: what it was done to.
    pub path: String,
    /// The project whose roles allowed it; absent: the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<MadeView>,
}

/// Something that a call made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeView {
    /// `project`, `branch`, `stage`, `secret`, `token`, `agents group`.
    pub kind: String,
    /// Its id, or its name where it has none.
    pub id: String,
}
