//! Takes messages in: what a message must be like, and how it is stored.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::catalogue::Queue;
use super::fault::{Fault, FaultKind};
use super::wire::{AttributeValue, Outgoing, Sent};
use super::{digest, lines};
use crate::in_process;

/// How long a FIFO queue remembers what it was sent.
const DEDUPLICATION_MS: i64 = 5 * 60 * 1000;
const MAX_ATTRIBUTES: usize = 10;
const MAX_DELAY_SECONDS: i64 = 900;
const MAX_ID: usize = 128;

/// What belongs to a message besides its body, and doesn't decide when it is delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Properties {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<String, AttributeValue>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) system: BTreeMap<String, AttributeValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deduplication: Option<String>,
    /// The ARN of the queue it was moved from as a dead letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dead_letter_source: Option<String>,
}

/// The bytes that count against the limits of a message and of a batch.
pub(super) fn size(message: &Outgoing) -> usize {
    let attributes = message.message_attributes.iter().map(|(name, value)| {
        name.len() + value.data_type.len() + value.string_value.as_ref().map_or_else(|| value.binary().len(), String::len)
    });
    message.message_body.len() + attributes.sum::<usize>()
}

/// Stores a message under the number `seq`, unless the queue was sent the same before.
pub(super) fn send(db: &Connection, queue: &Queue, now: i64, seq: i64, message: Outgoing) -> Result<Sent, Fault> {
    check(queue, &message)?;
    let properties = Properties {
        deduplication: deduplication(queue, &message)?,
        attributes: message.message_attributes,
        system: message.message_system_attributes,
        group: message.message_group_id,
        dead_letter_source: None,
    };
    let (id, seq) = match known(db, queue, now, &properties)? {
        Some(earlier) => earlier,
        None => {
            let id = in_process::uuid().map_err(|error| Fault::new(FaultKind::Internal, format!("no randomness: {error}")))?;
            let delay_ms = message.delay_seconds.unwrap_or(queue.settings.delay_seconds) * 1000;
            insert(db, queue, now, now + delay_ms, seq, &id, &properties, &message.message_body)?;
            (id, seq)
        }
    };
    Ok(Sent {
        message_id: id,
        md5_of_message_body: digest::of_body(&message.message_body),
        md5_of_message_attributes: digest::of_attributes(&properties.attributes),
        md5_of_message_system_attributes: digest::of_attributes(&properties.system),
        sequence_number: queue.settings.fifo.then(|| sequence_number(seq)),
    })
}

/// The number of a message in a FIFO queue as SQS writes it: 20 digits.
pub(super) fn sequence_number(seq: i64) -> String {
    format!("{seq:020}")
}

fn insert(
    db: &Connection,
    queue: &Queue,
    now: i64,
    visible_ms: i64,
    seq: i64,
    id: &str,
    properties: &Properties,
    body: &str,
) -> Result<(), Fault> {
    let line = properties.group.as_deref().filter(|_| queue.settings.fifo);
    let text = serde_json::to_string(properties).map_err(|error| Fault::new(FaultKind::Internal, error.to_string()))?;
    db.prepare_cached(
        "INSERT INTO messages (seq, queue, line, visible_ms, sent_ms, id, properties, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![seq, queue.id, line, visible_ms, now, id, text, body])?;
    if let Some(line) = line {
        lines::appended(db, queue.id, line, seq, visible_ms)?;
        let key = deduplication_key(queue, properties);
        db.prepare_cached("INSERT OR REPLACE INTO deduplication (queue, id, until_ms, message, seq) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![queue.id, key, now + DEDUPLICATION_MS, id, seq])?;
    }
    Ok(())
}

/// The same message, sent within the last five minutes, whether or not it was deleted since.
fn known(db: &Connection, queue: &Queue, now: i64, properties: &Properties) -> rusqlite::Result<Option<(String, i64)>> {
    if !queue.settings.fifo {
        return Ok(None);
    }
    db.prepare_cached("SELECT message, seq FROM deduplication WHERE queue = ?1 AND id = ?2 AND until_ms > ?3")?
        .query_row(params![queue.id, deduplication_key(queue, properties), now], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn deduplication_key(queue: &Queue, properties: &Properties) -> String {
    let id = properties.deduplication.as_deref().unwrap_or_default();
    match &properties.group {
        Some(group) if queue.settings.deduplicate_in_group => format!("{group} {id}"),
        _ => id.to_owned(),
    }
}

fn deduplication(queue: &Queue, message: &Outgoing) -> Result<Option<String>, Fault> {
    match (&message.message_deduplication_id, queue.settings.fifo) {
        (Some(id), true) => Ok(Some(id.clone())),
        (None, true) if queue.settings.content_deduplication => Ok(Some(hex::encode(Sha256::digest(&message.message_body)))),
        (None, true) => Err(Fault::new(
            FaultKind::InvalidParameterValue,
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        )),
        (Some(id), false) => Err(not_for_standard("MessageDeduplicationId", id)),
        (None, false) => Ok(None),
    }
}

fn not_for_standard(parameter: &str, value: impl std::fmt::Display) -> Fault {
    Fault::invalid(parameter, value, "The request include parameter that is not valid for this queue type")
}

fn check(queue: &Queue, message: &Outgoing) -> Result<(), Fault> {
    if message.message_body.is_empty() {
        return Err(Fault::missing("MessageBody"));
    }
    if let Some(bad) = message.message_body.chars().find(|c| !is_allowed(*c)) {
        let text = format!(
            "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF; the body has #x{:X}",
            bad as u32
        );
        return Err(Fault::new(FaultKind::InvalidMessageContents, text));
    }
    let limit = queue.settings.max_message_bytes;
    if size(message) > limit {
        let text = format!("One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.");
        return Err(Fault::new(FaultKind::InvalidParameterValue, text));
    }
    if let Some(delay) = message.delay_seconds {
        if !(0..=MAX_DELAY_SECONDS).contains(&delay) {
            return Err(Fault::invalid("DelaySeconds", delay, "DelaySeconds must be >= 0 and <= 900."));
        }
        if queue.settings.fifo && delay != 0 {
            return Err(not_for_standard("DelaySeconds", delay));
        }
    }
    check_id("MessageGroupId", message.message_group_id.as_deref())?;
    check_id("MessageDeduplicationId", message.message_deduplication_id.as_deref())?;
    if queue.settings.fifo && message.message_group_id.is_none() {
        return Err(Fault::missing("MessageGroupId"));
    }
    check_attributes(&message.message_attributes)
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn check_id(parameter: &str, id: Option<&str>) -> Result<(), Fault> {
    let Some(id) = id else { return Ok(()) };
    if (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Fault::invalid(parameter, id, "It can only include alphanumeric and punctuation characters. 1 to 128 in length."))
}

fn check_attributes(attributes: &BTreeMap<String, AttributeValue>) -> Result<(), Fault> {
    let invalid =
        |name: &str, what: &str| Err(Fault::new(FaultKind::InvalidParameterValue, format!("The message attribute '{name}' {what}.")));
    if attributes.len() > MAX_ATTRIBUTES {
        let text = format!("Number of message attributes [{}] exceeds the allowed maximum [{MAX_ATTRIBUTES}].", attributes.len());
        return Err(Fault::new(FaultKind::InvalidParameterValue, text));
    }
    for (name, value) in attributes {
        let kind = value.data_type.split('.').next().unwrap_or_default();
        match (kind, &value.string_value, &value.binary_value) {
            ("String" | "Number", Some(text), None) if !text.is_empty() => {}
            ("Binary", None, Some(_)) if !value.binary().is_empty() => {}
            ("String" | "Number" | "Binary", ..) => return invalid(name, "must contain a non-empty value of its type"),
            _ => return invalid(name, "must have the type String, Number or Binary"),
        }
    }
    Ok(())
}
