//! What changed since a branch was green.

use jiff::Timestamp;
use kraken_domain::{FlowId, run::RunResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ChangeView;

/// `GET /api/flows/{flow}/changes/since-green`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChangesSinceGreen {
    /// The newest earlier flow that ended without errors; absent when there is none among those that were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub green: Option<FlowMark>,
    /// How many flows came after it, this one included, whether or not they brought changes.
    pub flows: u32,
    /// Whether there are older flows that were not looked at. Only where `green` is absent.
    pub older_not_looked_at: bool,
    /// Those of them that brought changes, newest first.
    pub items: Vec<FlowChange>,
    /// Flows with changes that are not in `items`, being older than what there was room for.
    pub flows_left_out: u32,
    /// Commits that are not in `items`, those of such flows as far as they are counted.
    pub commits_left_out: u32,
}

/// A flow in a few words.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FlowMark {
    /// Its id.
    #[schema(value_type = String)]
    pub id: FlowId,
    /// What people see.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// `ok`, `error` or `cancelled`; absent as long as it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub result: Option<RunResult>,
}

/// A flow and the changes that it was started with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FlowChange {
    /// The flow.
    pub flow: FlowMark,
    /// Its changes, the commits of each oldest first. Where some had to be left out they are the oldest.
    pub changes: Vec<ChangeView>,
}
