//! Brings a log to the object store: its newest lines while it grows, the whole of it at the end.

use std::{io, ops::Range, path::Path};

use bytes::Bytes;
use kraken_protocol::log::{INDEX_OBJECT, LOG_OBJECT, LogIndex, Member};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, SeekFrom},
};

use super::writer::Snapshot;
use crate::session::{ObjectError, Objects, Persistent};

const GZIP: &str = "application/gzip";
const JSON: &str = "application/json";

/// The objects with the member that grows, by turns: who has just read the index still finds what it says, although the next one is being
/// written.
const TAIL_OBJECTS: [&str; 2] = ["tail.gz", "tail-1.gz"];

/// More bytes than this do not go into one part of a live log.
const LIVE_PART_BYTES: u64 = 8 << 20;

/// The growing log as it lies in the store.
#[derive(Debug, Default)]
pub struct LiveLog {
    /// The members that ended and are stored, with the objects that hold them.
    stored: Vec<Member>,
    parts: u32,
    /// How many tails were written.
    tails: usize,
    /// Lines, bytes and steps of the index that was stored last.
    last: (u64, u64, usize),
}

impl LiveLog {
    /// One of which is not known what is stored: there may be something.
    pub fn unknown() -> Self {
        Self { last: (u64::MAX, u64::MAX, usize::MAX), ..Self::default() }
    }

    /// Whether nothing is stored yet.
    pub fn is_empty(&self) -> bool {
        self.last == (0, 0, 0)
    }

    /// Stores what is new. What fails is stored with the next call.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn update(&mut self, store: &Objects, prefix: &str, spool: &Path, log: &Snapshot) -> Result<(), ObjectError> {
        let now = (log.index.lines, log.index.bytes, log.index.steps.len());
        if now == self.last {
            return Ok(());
        }
        let unreadable = |error: io::Error| ObjectError::File { key: prefix.to_owned(), reason: error.to_string() };
        while let Some((range, members)) = self.next_part(&log.index) {
            let object = format!("part-{}.gz", self.parts);
            store.put_file(&format!("{prefix}{object}"), GZIP, spool, range.clone()).await?;
            let moved = members.into_iter().map(|member| Member { object: object.clone(), offset: member.offset - range.start, ..member });
            self.stored.extend(moved);
            self.parts += 1;
        }
        let mut index = LogIndex { members: self.stored.clone(), ..log.index.clone() };
        if let Some(open) = &log.open {
            let mut bytes = read(spool, open.member.offset, open.member.length).await.map_err(unreadable)?;
            bytes.extend_from_slice(&open.closing);
            let length = bytes.len() as u64;
            let object = TAIL_OBJECTS[self.tails % TAIL_OBJECTS.len()];
            self.tails += 1;
            store.put(&format!("{prefix}{object}"), GZIP, bytes).await?;
            index.members.push(Member { object: object.to_owned(), offset: 0, length, ..open.member.clone() });
        }
        store.put(&format!("{prefix}{INDEX_OBJECT}"), JSON, to_json(&index)).await?;
        self.last = now;
        Ok(())
    }

    /// Removes what the whole log has replaced. What cannot be removed is left to the rules of the bucket.
    pub async fn discard(self, store: Objects, prefix: String) {
        let parts = (0..self.parts).map(|number| format!("{prefix}part-{number}.gz"));
        let tails = TAIL_OBJECTS.iter().take(self.tails).map(|object| format!("{prefix}{object}"));
        for key in parts.chain(tails) {
            if let Err(error) = store.delete(&key).await {
                tracing::debug!(%error, "parts of a live log stay for now");
                return;
            }
        }
    }

    /// The next members that are not stored, as many as go into one part, and their place in the spool.
    fn next_part(&self, index: &LogIndex) -> Option<(Range<u64>, Vec<Member>)> {
        let new = &index.members[self.stored.len().min(index.members.len())..];
        let first = new.first()?;
        let fits = |member: &&Member| member.offset + member.length - first.offset <= LIVE_PART_BYTES;
        let members: Vec<Member> = new.iter().take(1).chain(new.iter().skip(1).take_while(fits)).cloned().collect();
        let end = members.last().map_or(first.offset, |last| last.offset + last.length);
        Some((first.offset..end, members))
    }
}

/// Stores an ended log whole. Returns when all of it is there, however long that takes.
///
/// The index goes along with the log itself; but where a `live` log can be read already, it comes after it, so that nobody is sent to an
/// object that is not there yet.
///
/// # Errors
/// What can never succeed.
pub async fn store_whole(store: &Persistent, prefix: &str, spool: &Path, log: &Snapshot, live: &LiveLog) -> Result<(), ObjectError> {
    let (log_key, index_key) = (format!("{prefix}{LOG_OBJECT}"), format!("{prefix}{INDEX_OBJECT}"));
    let index = Bytes::from(to_json(&log.index));
    let whole = store.until_done(|objects| {
        let log_key = &log_key;
        async move { put_spool(&objects, log_key, spool, log.spool_bytes).await }
    });
    let index = store.until_done(|objects| {
        let (index_key, index) = (&index_key, index.clone());
        async move { objects.put(index_key, JSON, index).await }
    });
    if live.is_empty() {
        futures::try_join!(whole, index).map(drop)
    } else {
        whole.await?;
        index.await
    }
}

/// A short log is sent from memory: that is one request without a detour over files.
async fn put_spool(objects: &Objects, key: &str, spool: &Path, size: u64) -> Result<(), ObjectError> {
    if size > 64 << 10 {
        return objects.put_file(key, GZIP, spool, 0..size).await;
    }
    let bytes = std::fs::read(spool).map_err(|error| ObjectError::File { key: key.to_owned(), reason: error.to_string() })?;
    objects.put(key, GZIP, bytes).await
}

async fn read(spool: &Path, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(spool).await?;
    file.seek(SeekFrom::Start(offset)).await?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 16);
    file.take(length).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn to_json(index: &LogIndex) -> Vec<u8> {
    // Its keys are texts and it holds no numbers that JSON lacks.
    serde_json::to_vec(index).unwrap_or_default()
}

#[cfg(test)]
mod tests;
