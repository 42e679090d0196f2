//! The attributes of a queue: which there are, their ranges and defaults, and what follows from them.
//!
//! Invariant: a [`Settings`] holds only values that SQS would accept together.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, FaultKind};
use super::names;

/// A numeric attribute: name, least, greatest, default.
const NUMBERS: &[(&str, i64, i64, i64)] = &[
    ("DelaySeconds", 0, 900, 0),
    ("MaximumMessageSize", 1024, 1_048_576, 1_048_576),
    ("MessageRetentionPeriod", 60, 1_209_600, 345_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 20, 0),
    ("VisibilityTimeout", 0, 43_200, 30),
];
/// Kept and returned as they are, without effect on one machine.
const KEPT: &[&str] =
    &["Policy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "FifoThroughputLimit"];
const FIFO: &str = "FifoQueue";
const CONTENT_DEDUPLICATION: &str = "ContentBasedDeduplication";
const DEDUPLICATION_SCOPE: &str = "DeduplicationScope";
const REDRIVE: &str = "RedrivePolicy";

/// Where messages go that nobody managed to handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redrive {
    /// The name of the dead-letter queue.
    pub(super) target: String,
    /// Deliveries of a message before it moves there.
    pub(super) max_receive_count: i64,
}

/// The checked attributes of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// What was set by callers.
    given: BTreeMap<String, String>,
    pub(super) delay_seconds: i64,
    pub(super) max_message_bytes: usize,
    pub(super) retention_seconds: i64,
    pub(super) wait_seconds: i64,
    pub(super) visibility_seconds: i64,
    pub(super) fifo: bool,
    pub(super) content_deduplication: bool,
    /// Are duplicates looked for within a message group only?
    pub(super) deduplicate_in_group: bool,
    pub(super) redrive: Option<Redrive>,
}

impl Settings {
    /// Settings of what was given; the rest has its defaults. Empty texts unset.
    pub(super) fn new(given: BTreeMap<String, String>) -> Result<Self, Fault> {
        let given: BTreeMap<String, String> = given.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        for (name, value) in &given {
            check(name, value)?;
        }
        let number = |name| given.get(name).and_then(|value| value.parse().ok()).unwrap_or_else(|| default_number(name));
        let is = |name: &str, value: &str| given.get(name).is_some_and(|given| given == value);
        let fifo = is(FIFO, "true");
        if !fifo {
            for name in [CONTENT_DEDUPLICATION, DEDUPLICATION_SCOPE, "FifoThroughputLimit"] {
                if given.contains_key(name) && !is(name, "false") {
                    return Err(unknown(name));
                }
            }
        }
        Ok(Self {
            delay_seconds: number("DelaySeconds"),
            max_message_bytes: usize::try_from(number("MaximumMessageSize")).unwrap_or_default(),
            retention_seconds: number("MessageRetentionPeriod"),
            wait_seconds: number("ReceiveMessageWaitTimeSeconds"),
            visibility_seconds: number("VisibilityTimeout"),
            fifo,
            content_deduplication: is(CONTENT_DEDUPLICATION, "true"),
            deduplicate_in_group: is(DEDUPLICATION_SCOPE, "messageGroup"),
            redrive: given.get(REDRIVE).map(|policy| redrive(policy)).transpose()?,
            given,
        })
    }

    /// These settings with `changes` laid over them. The kind of a queue can't be changed.
    pub(super) fn with(&self, changes: BTreeMap<String, String>) -> Result<Self, Fault> {
        if changes.get(FIFO).is_some_and(|value| (value == "true") != self.fifo) {
            return Err(unknown(FIFO));
        }
        let mut given = self.given.clone();
        given.extend(changes);
        Self::new(given)
    }

    /// Does a request to make the queue with `wanted` ask for what is there?
    pub(super) fn satisfies(&self, wanted: &BTreeMap<String, String>) -> Result<(), Fault> {
        let have = self.described();
        for (name, value) in wanted {
            check(name, value)?;
            if !have.get(name).map_or(value == "false", |have| same(have, value)) {
                let message = format!("A queue already exists with the same name and a different value for attribute {name}");
                return Err(Fault::new(FaultKind::QueueNameExists, message));
            }
        }
        Ok(())
    }

    /// All attributes that have a value, the defaults included.
    pub(super) fn described(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> =
            NUMBERS.iter().map(|(name, _, _, default)| ((*name).to_owned(), default.to_string())).collect();
        if self.fifo {
            all.insert(CONTENT_DEDUPLICATION.to_owned(), "false".to_owned());
        }
        all.extend(self.given.clone());
        all
    }

    /// What was given, for keeping.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(&self.given).unwrap_or_default()
    }
}

/// Is it an attribute that callers may ask for?
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
    const COMPUTED: &[&str] = &[
        "All",
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "QueueArn",
    ];
    let known = COMPUTED.contains(&name) || is_settable(name);
    if known { Ok(()) } else { Err(unknown(name)) }
}

fn is_settable(name: &str) -> bool {
    NUMBERS.iter().any(|(number, ..)| *number == name)
        || KEPT.contains(&name)
        || [FIFO, CONTENT_DEDUPLICATION, DEDUPLICATION_SCOPE, REDRIVE].contains(&name)
}

fn check(name: &str, value: &str) -> Result<(), Fault> {
    if !is_settable(name) {
        return Err(unknown(name));
    }
    let valid = match name {
        FIFO | CONTENT_DEDUPLICATION => value == "true" || value == "false",
        DEDUPLICATION_SCOPE => value == "messageGroup" || value == "queue",
        REDRIVE => return redrive(value).map(drop),
        _ => NUMBERS
            .iter()
            .find(|(number, ..)| *number == name)
            .is_none_or(|(_, least, greatest, _)| value.parse().is_ok_and(|value: i64| (*least..=*greatest).contains(&value))),
    };
    if valid { Ok(()) } else { Err(invalid(name, value)) }
}

fn default_number(name: &str) -> i64 {
    NUMBERS.iter().find(|(number, ..)| *number == name).map_or(0, |(.., default)| *default)
}

/// Reads `{"deadLetterTargetArn": "arn:…:name", "maxReceiveCount": 3}`; the count may also be text.
fn redrive(policy: &str) -> Result<Redrive, Fault> {
    let read = || {
        let policy: Value = serde_json::from_str(policy).ok()?;
        let count = &policy["maxReceiveCount"];
        Some(Redrive {
            target: names::of_arn(policy["deadLetterTargetArn"].as_str()?)?.to_owned(),
            max_receive_count: count.as_i64().or_else(|| count.as_str()?.parse().ok()).filter(|count| (1..=1000).contains(count))?,
        })
    };
    read().ok_or_else(|| invalid(REDRIVE, policy))
}

/// Policies are JSON, whose spelling doesn't matter.
fn same(have: &str, wanted: &str) -> bool {
    let json = |text| serde_json::from_str::<Value>(text).ok();
    have == wanted || (have.starts_with('{') && json(have).is_some_and(|have| json(wanted) == Some(have)))
}

fn unknown(name: &str) -> Fault {
    Fault::new(FaultKind::InvalidAttributeName, format!("Unknown Attribute {name}."))
}

fn invalid(name: &str, value: &str) -> Fault {
    Fault::new(FaultKind::InvalidAttributeValue, format!("Invalid value {value} for the attribute {name}."))
}

#[cfg(test)]
mod tests;
