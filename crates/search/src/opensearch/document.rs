//! An entry as OpenSearch stores it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::names::Names;
use crate::{Batch, Entry, Level, Source};

/// What is stored of an entry.
#[derive(Serialize)]
struct Document<'a> {
    time: Timestamp,
    text: &'a str,
    level: Level,
    rank: u8,
    #[serde(flatten)]
    source: &'a Source,
    origin: &'a str,
    number: u64,
    bytes: usize,
}

/// What is read of it.
#[derive(Deserialize)]
pub(super) struct Stored {
    time: Timestamp,
    #[serde(default)]
    text: String,
    rank: u8,
    #[serde(flatten)]
    source: Source,
}

impl Stored {
    /// The fields it is made of.
    pub(super) const FIELDS: [&'static str; 11] =
        ["time", "text", "rank", "service", "project", "branch", "flow", "run", "job", "step", "agent"];

    pub(super) fn into_entry(self) -> Entry {
        // A later version's graver levels are errors at least.
        let level = Level::ALL.get(usize::from(self.rank)).copied().unwrap_or(Level::Error);
        Entry { time: self.time, level, source: Arc::new(self.source), text: self.text }
    }
}

/// An entry on its way: the lines of a bulk request that create it.
pub(super) struct Creation {
    /// Its number within the origin.
    pub(super) number: u64,
    /// Both lines, each with its line feed.
    pub(super) lines: Vec<u8>,
}

/// Makes creations of the entries of one batch.
pub(super) struct Creator<'a> {
    names: &'a Names,
    batch: &'a Batch,
    id: String,
}

impl<'a> Creator<'a> {
    pub(super) fn new(names: &'a Names, batch: &'a Batch) -> Self {
        // An id may have 512 bytes, an origin more. Half of the hash is plenty to tell origins apart.
        let hash = Sha256::digest(batch.origin.as_bytes());
        Self { names, batch, id: URL_SAFE_NO_PAD.encode(&hash[..16]) }
    }

    /// The entry at `index` of the batch.
    pub(super) fn creation(&self, index: usize, entry: &Entry) -> Result<Creation, serde_json::Error> {
        let number = self.batch.first + index as u64;
        let time = storable(entry.time);
        let (index, id) = (self.names.of(time), &self.id);
        // Creating what is there already is refused, which leaves it as it is and costs no rewriting.
        let mut lines = serde_json::to_vec(&serde_json::json!({ "create": { "_index": index, "_id": format!("{id}-{number}") } }))?;
        lines.push(b'\n');
        let document = Document {
            time,
            text: &entry.text,
            level: entry.level,
            rank: entry.level as u8,
            source: &entry.source,
            origin: &self.batch.origin,
            number,
            bytes: entry.text.len(),
        };
        serde_json::to_writer(&mut lines, &document)?;
        lines.push(b'\n');
        Ok(Creation { number, lines })
    }
}

/// The nearest time that OpenSearch can store: nanoseconds since 1970 in 63 bits, up to the year 2262.
pub(super) fn storable(time: Timestamp) -> Timestamp {
    let nanoseconds = time.as_nanosecond().clamp(0, i64::MAX.into());
    Timestamp::from_nanosecond(nanoseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
