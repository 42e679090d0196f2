//! What people and programs were told of a run.

use jiff::Timestamp;
use kraken_domain::notice::{Channel, Occasion};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that one channel is to be told of a run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeView {
    /// The same each time that it is sent: what the receiver knows it by.
    pub key: String,
    /// `email`, `slack`, `discord`, `github`, `gitlab`, `gitea` or `webhook`.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// `start`, `end`, `failure`, `fixed` or `regression`.
    #[schema(value_type = String)]
    pub on: Occasion,
    /// When what it tells of happened.
    pub at: Timestamp,
    /// `owed`; settled: `sent`, `refused`, `given_up` after a day of trying, `overtaken` by a newer one.
    pub state: String,
    /// Attempts that were begun.
    pub attempts: u32,
    /// When it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// What was last answered, or why it could not be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When the next attempt is due, as long as it is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
}
