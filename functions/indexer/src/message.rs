//! What a message says. Members that are not known are ignored: whoever sends may be newer.
//!
//! Sources: Amazon S3 User Guide, "Event message structure"; CloudWatch Logs User Guide, "Log group-level subscription filters".

use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;

use crate::IndexError;

/// What a message says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// What a bucket sends to try a queue.
    Nothing,
    /// The clock: what is too old is to be forgotten.
    Forget,
    /// Objects were stored.
    Objects(Vec<NewObject>),
    /// Something was logged: base64 of gzip of JSON.
    FunctionLog(String),
}

/// An object that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewObject {
    /// Its key, as it is.
    pub(crate) key: String,
    /// When, by the object store's clock.
    pub(crate) at: Timestamp,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    #[serde(rename = "Event")]
    event: Option<String>,
    #[serde(default)]
    forget: bool,
    awslogs: Option<Logged>,
}

#[derive(Deserialize)]
struct Logged {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    event_time: Timestamp,
    s3: Place,
}

#[derive(Deserialize)]
struct Place {
    object: Named,
}

#[derive(Deserialize)]
struct Named {
    key: String,
}

impl FromStr for Message {
    type Err = IndexError;

    fn from_str(text: &str) -> Result<Self, IndexError> {
        let sent: Sent = serde_json::from_str(text).map_err(|error| IndexError::NoMessage(error.to_string()))?;
        if sent.forget {
            return Ok(Self::Forget);
        }
        if let Some(logged) = sent.awslogs {
            return Ok(Self::FunctionLog(logged.data));
        }
        match (sent.records, sent.event.as_deref()) {
            (Some(records), _) => {
                let made = records.into_iter().filter(|record| record.event_name.trim_start_matches("s3:").starts_with("ObjectCreated:"));
                made.map(|record| Ok(NewObject { key: unescaped(&record.s3.object.key)?, at: record.event_time }))
                    .collect::<Result<_, _>>()
                    .map(Self::Objects)
            }
            (None, Some("s3:TestEvent")) => Ok(Self::Nothing),
            _ => Err(IndexError::NoMessage("it has neither Records nor awslogs".to_owned())),
        }
    }
}

/// A key as it was before it was written as in a form.
fn unescaped(key: &str) -> Result<String, IndexError> {
    let wrong = || IndexError::NoMessage(format!("the key {key:?} is not escaped as in a form"));
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit().ok_or_else(wrong)?, digit().ok_or_else(wrong)?);
                u8::try_from(high * 16 + low).map_err(|_| wrong())?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
