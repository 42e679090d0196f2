//! How long the flows of a branch are kept.

use jiff::Timestamp;
use kraken_domain::retention::Keep;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long the flows of a branch are kept, and the version of what was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionView {
    /// Goes up with every change of the branch. Send it back when changing this, so as not to undo somebody else's change.
    pub version: u64,
    /// Whether nobody said anything else for this branch.
    pub is_default: bool,
    /// CI flows.
    pub ci: KeepView,
    /// DEV flows.
    pub dev: KeepView,
    /// When the branch is looked at next for what is past its time. Absent for a branch of an earlier version in which no flow was started since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_look: Option<Timestamp>,
}

/// How long the flows of one kind are kept: those that are young enough, and those that are among the newest; all of them without either
/// number. A flow in progress, the newest one, and one that is kept by hand always stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeepView {
    /// Days that a flow is kept after it completed, 1 to 36,500.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// So many of the newest flows are kept however old they are, 1 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flows: Option<u32>,
    /// Days after which the logs of a flow go that is itself kept, 1 to 36,500. Absent: they go with the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_days: Option<u32>,
    /// The same for its artifacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts_days: Option<u32>,
}

/// `PUT /api/branches/{branch}/retention`: how long flows are kept from an hour from now on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRetention {
    /// The version that was read before; another one by now is a conflict, and nothing changes.
    pub version: u64,
    /// CI flows; the default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<KeepView>,
    /// DEV flows; the default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev: Option<KeepView>,
}

/// `PUT /api/flows/{flow}/keep`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepFlow {
    /// Whether the flow stays whatever its branch's retention says.
    pub keep: bool,
}

impl From<Keep> for KeepView {
    fn from(keep: Keep) -> Self {
        let Keep { days, flows, logs_days, artifacts_days } = keep;
        Self { days, flows, logs_days, artifacts_days }
    }
}

impl From<KeepView> for Keep {
    fn from(view: KeepView) -> Self {
        let KeepView { days, flows, logs_days, artifacts_days } = view;
        Self { days, flows, logs_days, artifacts_days }
    }
}
