//! How a record becomes an item and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use kraken_domain::{audit::Made, news::News};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Key, StoreError, TodoKind, keys::attribute};

/// Items stay below this, so that no read costs more than a few units.
pub(crate) const DOCUMENT_MAX: usize = 64 * 1024;

/// A record of the table.
pub trait Entity: Serialize + DeserializeOwned {
    /// What it is, for errors.
    const KIND: &'static str;

    /// Bytes that its document may have.
    const BYTES_MAX: usize = DOCUMENT_MAX;

    /// Where it lives.
    fn key(&self) -> Key;

    /// The version with which it is written whatever is there: what an unconditional write leaves for conditions to notice.
    fn stamp(&self) -> u64 {
        1
    }

    /// What a write of it makes known outside, in the same commit: `before` as it was read, `version` that of `after`.
    fn news(_before: Option<&Self>, _after: &Self, _version: u64) -> News {
        News::none()
    }

    /// What the entry in the audit log says of its making; `None` for what nobody looks for there.
    fn made(&self) -> Option<Made> {
        None
    }

    /// Which sparse indexes it is in, and where.
    fn indexes(&self) -> Indexes {
        Indexes::default()
    }
}

/// The places of a record in the sparse indexes. An absent one: not in that index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexes {
    /// What must be done about it, and when.
    pub todo: Option<(TodoKind, Timestamp)>,
    /// The queue it waits in, its place there, and what the scheduler must know without reading it.
    pub queue: Option<(String, String, Option<String>)>,
    /// The list it is shown in, and its place there.
    pub list: Option<(String, String)>,
    /// When it may be forgotten.
    pub expires: Option<Timestamp>,
}

/// A record as it was read, with the version that a write must find unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// Counts its writes, from 1.
    pub version: u64,
    /// Counts what was made below it since it was last written.
    pub(crate) touched: u64,
}

impl<T> std::ops::Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

pub(crate) type Item = HashMap<String, AttributeValue>;

/// `record` as an item with `version`.
pub(crate) fn to_item<E: Entity>(record: &E, version: u64) -> Result<Item, StoreError> {
    let key = record.key();
    let document = serde_json::to_string(record).map_err(|error| unreadable::<E>(&key, error))?;
    if document.len() > E::BYTES_MAX {
        return Err(StoreError::TooLarge { key: key.to_string(), bytes: document.len(), limit: E::BYTES_MAX });
    }
    let mut item = key.to_item();
    item.insert(attribute::VERSION.into(), AttributeValue::N(version.to_string()));
    item.insert(attribute::DOCUMENT.into(), AttributeValue::S(document));
    let indexes = record.indexes();
    if let Some((what, due)) = indexes.todo {
        item.insert(attribute::TODO.into(), AttributeValue::S(what.as_str().into()));
        item.insert(attribute::DUE.into(), AttributeValue::N(due.as_millisecond().to_string()));
    }
    if let Some((queue, place, brief)) = indexes.queue {
        item.insert(attribute::QUEUE.into(), AttributeValue::S(queue));
        item.insert(attribute::QUEUED.into(), AttributeValue::S(place));
        if let Some(brief) = brief {
            item.insert(attribute::BRIEF.into(), AttributeValue::S(brief));
        }
    }
    if let Some((list, place)) = indexes.list {
        item.insert(attribute::LIST.into(), AttributeValue::S(list));
        item.insert(attribute::LISTED.into(), AttributeValue::S(place));
    }
    if let Some(expires) = indexes.expires {
        item.insert(attribute::EXPIRES.into(), AttributeValue::N(expires.as_second().to_string()));
    }
    Ok(item)
}

/// The record that `item` holds.
pub(crate) fn from_item<E: Entity>(item: &Item) -> Result<Versioned<E>, StoreError> {
    let key = Key::of_item(item);
    let text = item.get(attribute::DOCUMENT).and_then(|value| value.as_s().ok());
    let text = text.ok_or_else(|| unreadable::<E>(&key, "it has no document"))?;
    let value = serde_json::from_str(text).map_err(|error| unreadable::<E>(&key, error))?;
    Ok(Versioned { value, version: number(item, attribute::VERSION), touched: number(item, attribute::TOUCHED) })
}

/// A numeric attribute; 0 when absent.
pub(crate) fn number<N: std::str::FromStr + Default>(item: &Item, name: &str) -> N {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A text attribute; empty when absent.
pub(crate) fn text<'i>(item: &'i Item, name: &str) -> &'i str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn unreadable<E: Entity>(key: &Key, detail: impl ToString) -> StoreError {
    StoreError::Unreadable { key: key.to_string(), kind: E::KIND, detail: detail.to_string() }
}
