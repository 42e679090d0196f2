//! The log search of one machine: entries in compressed segments with a line index and a filter of words each.
//!
//! Invariants: an append that was acknowledged survives `kill -9` and power cuts; a search sees all that was
//! acknowledged before it; what came before is not stored again; memory stays bounded by the open segment, one block
//! per search, and some bytes per origin and segment, whatever is stored.

mod block;
mod bloom;
mod gone;
mod journal;
mod origins;
mod place;
mod recovery;
mod retention;
mod seal;
mod search;
mod segment;
mod store;
mod time;
mod varint;
mod words;
mod writer;

use std::path::Path;
use std::sync::Arc;

pub use kraken_search::{
    Batch, DEFAULT_LIMIT, Entry, Level, LogSearch, MAX_LIMIT, MAX_TEXT_BYTES, Order, Page, Query, SearchError, Source, Text,
};
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::store::Store;
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
    pub fn open(dir: &Path, _now: Now) -> Result<Self, SearchError> {
        let (store, journal) = recovery::recover(dir)?;
        let store = Arc::new(store);
        let (appends, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(Arc::clone(&store), journal);
        std::thread::Builder::new()
            .name("logs".into())
            .spawn(move || writer.run(queue))
            .map_err(|error| SearchError::Unavailable(format!("cannot start the thread of the log store: {error}")))?;
        Ok(Self { store, appends, searches: Arc::new(Semaphore::new(SEARCHES)) })
    }

    /// Takes in what of `batch` isn't stored yet, in its order; returns when it is on disk. All is in, or none.
    ///
    /// One call per batch: appends that wait together share one write to the disk, yet each call has its price.
    pub async fn append(&self, batch: Batch) -> Result<(), SearchError> {
        let batch = batch.checked()?;
        let (reply, answer) = oneshot::channel();
        self.appends.send(Append { batch, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// The entries that fit `query`, a page at a time.
    pub async fn search(&self, query: Query) -> Result<Page, SearchError> {
        let permit = Arc::clone(&self.searches).acquire_owned().await.map_err(|_| stopped())?;
        let store = Arc::clone(&self.store);
        let search = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            search::search(&store.snapshot(), &query)
        });
        search.await.map_err(|error| SearchError::Unavailable(error.to_string()))?
    }

    /// Forgets every entry of a flow that is stored now: no search finds it again. Its room on disk is freed by [`Logs::clear`].
    pub async fn forget_flow(&self, flow: &str) -> Result<(), SearchError> {
        let (store, flow) = (Arc::clone(&self.store), flow.to_owned());
        let forget = tokio::task::spawn_blocking(move || gone::forget(&store, &flow));
        forget.await.map_err(|error| SearchError::Unavailable(error.to_string()))?
    }

    /// Takes what was forgotten of flows out of the segments on disk, some at a time. Of the segment that still grows it goes once that is
    /// whole.
    pub async fn clear(&self) -> Result<(), SearchError> {
        let store = Arc::clone(&self.store);
        let clear = tokio::task::spawn_blocking(move || gone::clear(&store));
        let cleared = clear.await.map_err(|error| SearchError::Unavailable(error.to_string()))?;
        cleared.map_err(|error| SearchError::Unavailable(format!("cannot take out what was forgotten: {error}")))
    }

    /// Forgets every entry written before `time`: no search finds it again. Says how many bytes of disk that freed;
    /// entries that share a segment with later ones keep their place on disk until those go too.
    pub async fn drop_before(&self, time: jiff::Timestamp) -> Result<u64, SearchError> {
        let store = Arc::clone(&self.store);
        let drop = tokio::task::spawn_blocking(move || retention::drop_before(&store, time));
        drop.await.map_err(|error| SearchError::Unavailable(error.to_string()))?
    }
}

#[async_trait::async_trait]
impl LogSearch for Logs {
    async fn append(&self, batch: Batch) -> Result<(), SearchError> {
        self.append(batch).await
    }

    async fn search(&self, query: Query) -> Result<Page, SearchError> {
        self.search(query).await
    }

    async fn drop_before(&self, time: jiff::Timestamp) -> Result<(), SearchError> {
        self.drop_before(time).await?;
        self.clear().await
    }

    async fn forget_flow(&self, flow: &str) -> Result<(), SearchError> {
        self.forget_flow(flow).await
    }
}

fn stopped() -> SearchError {
    SearchError::Unavailable("the log store has stopped; restart".into())
}

impl std::fmt::Debug for Logs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Logs")
    }
}
