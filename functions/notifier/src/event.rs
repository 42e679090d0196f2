//! What the bus puts into the queue: the envelope of EventBridge around a domain event. Members that are not known are ignored: the
//! function that sends may be newer.

use std::str::FromStr;

use serde::Deserialize;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// Names this delivery to the bus; another time the event has another one.
    #[serde(rename = "id")]
    pub delivery: String,
    /// What happened, such as `run.completed`.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// What it happened to.
    pub detail: About,
}

/// What an event says. Ids that do not apply are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct About {
    /// The same in every delivery of the event; empty when it is not one of Kraken's.
    pub id: String,
    /// When it happened, by RFC 3339.
    pub time: String,
    /// A project.
    pub project: Option<String>,
    /// A branch.
    pub branch: Option<String>,
    /// A flow.
    pub flow: Option<String>,
    /// A run.
    pub run: Option<String>,
    /// A job.
    pub job: Option<String>,
    /// An agent.
    pub agent: Option<String>,
    /// Whether somebody is to be told of the run.
    pub notices: bool,
}

/// A message that is not an event of the bus.
#[derive(Debug, thiserror::Error)]
#[error("a message of the notifier's queue is not an event of the bus ({0}): look which rule sends it, then delete it")]
pub struct NotAnEvent(#[from] serde_json::Error);

impl FromStr for Event {
    type Err = NotAnEvent;

    fn from_str(message: &str) -> Result<Self, NotAnEvent> {
        Ok(serde_json::from_str(message)?)
    }
}

#[cfg(test)]
mod tests;
