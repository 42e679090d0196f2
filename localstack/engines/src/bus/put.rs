//! `PutEvents` of the EventBridge JSON protocol: which entries become events.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::Event;
use crate::in_process::{ACCOUNT, REGION};

const MAX_ENTRIES: usize = 10;
/// Bytes of all entries of a request.
const MAX_BYTES: usize = 1_048_576;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutEvents {
    #[serde(default)]
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Entry {
    source: String,
    detail_type: String,
    detail: String,
    resources: Vec<String>,
    /// Seconds since 1970, with a fraction.
    time: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutReply {
    pub(super) failed_entry_count: usize,
    pub(super) entries: Vec<Outcome>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    #[serde(rename_all = "PascalCase")]
    Accepted { event_id: String },
    #[serde(rename_all = "PascalCase")]
    Refused { error_code: &'static str, error_message: String },
}

impl PutEvents {
    /// Is it a request that EventBridge would begin? The text says what isn't right.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.entries.is_empty() || self.entries.len() > MAX_ENTRIES {
            return Err(format!("Entries has {} members, expected 1 to {MAX_ENTRIES}", self.entries.len()));
        }
        let bytes: usize = self.entries.iter().map(Entry::size).sum();
        if bytes > MAX_BYTES {
            return Err(format!("Total size of the entries in the request is {bytes} bytes, expected at most {MAX_BYTES}"));
        }
        Ok(())
    }
}

impl Entry {
    fn size(&self) -> usize {
        let resources: usize = self.resources.iter().map(String::len).sum();
        self.source.len() + self.detail_type.len() + self.detail.len() + resources + self.time.map_or(0, |_| 14)
    }

    /// The event of this entry, or the code and the text of its refusal.
    pub(super) fn into_event(self, id: String, now: Timestamp) -> Result<Event, (&'static str, String)> {
        for (field, value) in [("Source", &self.source), ("DetailType", &self.detail_type), ("Detail", &self.detail)] {
            if value.is_empty() {
                return Err(("InvalidArgument", format!("Parameter {field} is not valid. Reason: {field} is a required argument.")));
            }
        }
        let detail = match serde_json::from_str(&self.detail) {
            Ok(detail @ Value::Object(_)) => detail,
            _ => return Err(("MalformedDetail", "Detail is malformed: expected the text of a JSON object.".to_owned())),
        };
        #[allow(clippy::cast_possible_truncation)] // Whole seconds are what the envelope holds.
        let seconds = self.time.map_or(now.as_second(), |time| time as i64);
        let time = Timestamp::from_second(seconds)
            .map_err(|error| ("InvalidArgument", format!("Parameter Time is not valid. Reason: {error}")))?;
        Ok(Event {
            version: "0".to_owned(),
            id,
            detail_type: self.detail_type,
            source: self.source,
            account: ACCOUNT.to_owned(),
            time,
            region: REGION.to_owned(),
            resources: self.resources,
            detail,
        })
    }
}
