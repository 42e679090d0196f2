//! The event bus: what happened in Kraken, for whoever subscribed.
//!
//! Source of the protocol: Amazon EventBridge API Reference, `PutEvents`. The bus gives every delivery an id of its own; the event's id,
//! which is the same in each, is in the detail.

use std::{sync::Arc, time::Duration};

use aws_sdk_eventbridge::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::put_events::PutEventsError,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};
use aws_smithy_types::DateTime;
use kraken_domain::news::Event;

/// Who speaks, as rules name it.
pub const SOURCE: &str = "kraken";
/// The most events that one call tells.
pub const EVENTS_PER_CALL: usize = 10;
/// A bus that has not answered by then does not answer: what is to be told comes later.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);
/// Codes of entries that will never be taken, whatever is done about rights and load.
const NEVER: [&str; 3] = ["InvalidArgument", "MalformedDetail", "RedactionFailure"];

/// A failed call to the bus.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The bus did not answer, or asked for patience: the same call may go through later.
    #[error("the event bus does not answer: {0}")]
    Unavailable(String),
    /// The bus refused the call as such: somebody must mend the rights, or the name.
    #[error("the event bus refused PutEvents on {bus}: {detail}")]
    Refused {
        /// On which bus.
        bus: String,
        /// What it said.
        detail: String,
    },
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The bus has it.
    Acknowledged,
    /// The bus does not have it yet; it says why. The same event again may go through.
    Open(String),
    /// The bus will never take it; it says why.
    Never(String),
}

/// A handle on the bus. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus {
    client: Client,
    name: Arc<str>,
}

impl Bus {
    /// The bus named `name` as `client` reaches it.
    pub fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.into() }
    }

    /// Tells events, at most [`EVENTS_PER_CALL`]; gives what became of each, in their order.
    ///
    /// # Errors
    /// [`BusError`] when the bus took none, or nobody knows.
    pub async fn tell(&self, events: &[&Event]) -> Result<Vec<Fate>, BusError> {
        let entries = events.iter().map(|event| self.entry(event)).collect::<Result<Vec<_>, _>>()?;
        let call = self.client.put_events().set_entries(Some(entries)).send();
        let answer = match tokio::time::timeout(ANSWERS_WITHIN, call).await {
            Ok(answer) => answer.map_err(|error| self.failed(&error))?,
            Err(_) => return Err(BusError::Unavailable(format!("no answer within {} s", ANSWERS_WITHIN.as_secs()))),
        };
        let mut fates: Vec<Fate> = answer.entries.unwrap_or_default().iter().map(fate).collect();
        fates.resize(events.len(), Fate::Open("the bus did not say what became of it".to_owned()));
        Ok(fates)
    }

    fn entry(&self, event: &Event) -> Result<PutEventsRequestEntry, BusError> {
        let detail = serde_json::to_string(event).map_err(|error| self.refused(format!("event {} has no JSON form: {error}", event.id)))?;
        let entry = PutEventsRequestEntry::builder().event_bus_name(&*self.name).source(SOURCE).detail_type(event.what.kind());
        Ok(entry.time(DateTime::from_secs(event.time.as_second())).detail(detail).build())
    }

    fn refused(&self, detail: String) -> BusError {
        BusError::Refused { bus: self.name.to_string(), detail }
    }

    fn failed<R: std::fmt::Debug>(&self, error: &SdkError<PutEventsError, R>) -> BusError {
        let passing = match error {
            SdkError::ServiceError(service) => {
                matches!(service.err().code(), Some("InternalException" | "InternalFailure" | "ThrottlingException" | "ServiceUnavailable"))
            }
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            _ => false,
        };
        let detail = DisplayErrorContext(error).to_string();
        if passing { BusError::Unavailable(detail) } else { self.refused(detail) }
    }
}

fn fate(entry: &PutEventsResultEntry) -> Fate {
    match entry.error_code() {
        None => Fate::Acknowledged,
        Some(code) => {
            let said = format!("{code}: {}", entry.error_message().unwrap_or_default());
            if NEVER.contains(&code) { Fate::Never(said) } else { Fate::Open(said) }
        }
    }
}
