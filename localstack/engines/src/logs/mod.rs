//! The log search of one machine: entries in compressed segments with a line index and a filter of words each.
//!
//! Invariants: an append that was acknowledged survives `kill -9` and power cuts; a search sees all that was
//! acknowledged before it; memory stays bounded by the open segment and one block per search, whatever is stored.

mod block;
mod bloom;
mod entry;
mod journal;
mod query;
mod recovery;
mod retention;
mod seal;
mod search;
mod segment;
mod store;
mod text;
mod varint;
mod words;
mod writer;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc, oneshot};

pub use self::entry::{Entry, Level, MAX_TEXT_BYTES, Source};
pub use self::query::{DEFAULT_LIMIT, MAX_LIMIT, Order, Page, Query};
use self::store::Store;
pub use self::text::Text;
use self::writer::{Append, Writer};
use crate::clock::Now;

/// Appends that may wait before callers are held back.
const QUEUE: usize = 64;

/// Searches at once; more wait. Each may unpack a block of some hundred kilobytes, or of a few very long entries.
const SEARCHES: usize = 2;

/// An open log store. Clones share it.
#[derive(Clone)]
pub struct Logs {
    store: Arc<Store>,
    appends: mpsc::Sender<Append>,
    searches: Arc<Semaphore>,
}

impl Logs {
    /// Opens the store in `dir`, which is created when missing. What a crash left behind is put right first.
    ///
    /// The store is for one process; whoever owns the data directory sees to that. The clock isn't needed: entries
    /// bring their times.
    pub fn open(dir: &Path, _now: Now) -> Result<Self, LogsError> {
        let (store, journal) = recovery::recover(dir)?;
        let store = Arc::new(store);
        let (appends, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(Arc::clone(&store), journal);
        std::thread::Builder::new()
            .name("logs".into())
            .spawn(move || writer.run(queue))
            .map_err(|error| LogsError::Storage(format!("cannot start its thread: {error}")))?;
        Ok(Self { store, appends, searches: Arc::new(Semaphore::new(SEARCHES)) })
    }

    /// Takes `entries` in, in this order; returns when they are on disk. All are in, or none.
    ///
    /// One call per batch: appends that wait together share one write to the disk, yet each call has its price.
    pub async fn append(&self, entries: Vec<Entry>) -> Result<(), LogsError> {
        if let Some((index, entry)) = entries.iter().enumerate().find(|(_, entry)| entry.text.len() > MAX_TEXT_BYTES) {
            return Err(LogsError::TooLong { index, bytes: entry.text.len() });
        }
        let (reply, answer) = oneshot::channel();
        let stopped = || LogsError::Storage("the log store has stopped".into());
        self.appends.send(Append { entries, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// The entries that fit `query`, a page at a time.
    pub async fn search(&self, query: Query) -> Result<Page, LogsError> {
        let stopped = |_| LogsError::Storage("the log store has stopped".into());
        let permit = Arc::clone(&self.searches).acquire_owned().await.map_err(stopped)?;
        let store = Arc::clone(&self.store);
        let search = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            search::search(&store.snapshot(), &query)
        });
        search.await.map_err(|error| LogsError::Storage(error.to_string()))?
    }

    /// Forgets every entry written before `time`: no search finds it again. Says how many bytes of disk that freed;
    /// entries that share a segment with later ones keep their place on disk until those go too.
    pub async fn drop_before(&self, time: jiff::Timestamp) -> Result<u64, LogsError> {
        let store = Arc::clone(&self.store);
        let drop = tokio::task::spawn_blocking(move || retention::drop_before(&store, time));
        drop.await.map_err(|error| LogsError::Storage(error.to_string()))?
    }
}

impl std::fmt::Debug for Logs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Logs")
    }
}

/// Why the log store refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    /// The disk can't be read or written. Nothing of the append was kept; try again when there is room, or restart
    /// when the text says so.
    #[error("log store: {0}")]
    Storage(String),
    /// An entry is too long: cut it. Nothing of the append was kept.
    #[error("text of entry {index}: {bytes} bytes, at most {MAX_TEXT_BYTES} are kept")]
    TooLong {
        /// Its place in the batch, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// The query makes no sense: the caller's mistake.
    #[error("{0}")]
    Query(String),
}
