//! The events on the bus, in the form in which EventBridge hands them to targets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event. Its JSON form is the envelope of EventBridge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The version of the envelope, always `0`.
    pub version: String,
    /// Unique; the same in every delivery of the event.
    pub id: String,
    /// What happened, such as `run.completed`.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// Whose event it is.
    pub source: String,
    /// The account; one machine has only one.
    pub account: String,
    /// When it happened, in whole seconds.
    pub time: Timestamp,
    /// The region; one machine has only one.
    pub region: String,
    /// ARNs of what it is about; often none.
    pub resources: Vec<String>,
    /// What else there is to say: an object.
    pub detail: Value,
}
