//! Webhooks of projects, and what came of their deliveries.

use jiff::Timestamp;
use kraken_domain::{BranchId, FlowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A webhook of a project: one for each kind of git host.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookView {
    /// The kind of host: `github`, `gitlab`, `gitea`, `forgejo`, `bitbucket` or `bitbucket-server`.
    pub host: String,
    /// Where the host sends its deliveries, below the address of the server.
    pub path: String,
    /// When it was set up.
    pub created_at: Timestamp,
    /// The name of the token that set it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Its keys, the newest first.
    pub keys: Vec<WebhookKeyView>,
}

/// A key of a webhook. The key itself is seen once, when it is made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookKeyView {
    /// Tells the keys of a webhook apart.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; absent for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// Whether it came from another system, without the key itself: what is signed with it is refused until another is made.
    #[serde(default)]
    pub must_be_rotated: bool,
}

/// A webhook with a new key.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WebhookMade {
    /// The webhook.
    pub webhook: WebhookView,
    /// The key to set at the git host. It is not shown again.
    pub secret: String,
}

/// `POST /api/projects/{project}/webhooks/{host}/rotate`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateWebhook {
    /// Seconds for which the key before is still good; a day when absent, 30 days at most.
    #[serde(default)]
    pub keep_s: Option<u32>,
}

/// Something that a git host told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// The host's name for the delivery.
    pub id: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What it told, in a few words.
    pub event: String,
    /// The repository.
    pub repo: String,
    /// Whether it is still to be dealt with.
    pub pending: bool,
    /// What came of it.
    pub outcomes: Vec<DeliveryOutcomeView>,
}

/// What came of a delivery.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeliveryOutcomeView {
    /// The branch; absent where it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub branch: Option<BranchId>,
    /// The flow that was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub flow: Option<FlowId>,
    /// In words.
    pub words: String,
}

/// Answer to a delivery.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeliveryTaken {
    /// The host's name for the delivery.
    pub delivery: String,
    /// How many things it told that may start something.
    pub pending: usize,
    /// Whether it came before, so that nothing happens.
    pub known: bool,
}
