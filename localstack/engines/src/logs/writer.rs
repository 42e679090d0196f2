//! The thread that takes entries in: journal first, then memory, then the answer; and now and then a new segment.
//!
//! Invariant: at most one segment is being sealed, on a thread of its own. When the next one is due before that is
//! done, appends wait; when it failed, appends are refused until it can be done, so that memory stays bounded.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::thread::JoinHandle;

use kraken_search::{Batch, Entry, SearchError};
use tokio::sync::{mpsc, oneshot};

use super::block::{Block, BlockBuilder};
use super::journal::{Commit, Journal};
use super::origins::{Origin, Origins};
use super::seal::{seal, sync_directory};
use super::segment::path_of;
use super::store::Store;

/// The ending of a journal.
pub(super) const JOURNAL: &str = "journal";

/// Bytes of text that end a group of appends, and those of one frame.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
const FRAME_BYTES: usize = 1024 * 1024;

/// What entries take in memory, beside their text, when it is decided whether a group is full.
const ENTRY_BYTES: usize = 64;

/// One batch, and who waits for it.
pub(super) struct Append {
    pub(super) batch: Batch,
    pub(super) reply: oneshot::Sender<Result<(), SearchError>>,
}

impl Append {
    fn bytes(&self) -> usize {
        self.batch.entries.iter().map(|entry| entry.text.len() + ENTRY_BYTES).sum()
    }
}

/// A part of a batch that isn't stored yet.
struct Fresh<'a> {
    batch: &'a Batch,
    origin: Origin,
    numbers: Range<u64>,
}

impl Fresh<'_> {
    fn entries(&self) -> impl Iterator<Item = (&Entry, Origin, u64)> {
        let skipped = (self.numbers.start - self.batch.first) as usize;
        let entries = self.batch.entries.iter().skip(skipped);
        self.numbers.clone().zip(entries).map(|(number, entry)| (entry, self.origin, number))
    }
}

pub(super) struct Writer {
    store: Arc<Store>,
    journal: Journal,
    sealing: Option<JoinHandle<io::Result<()>>>,
    broken: Option<String>,
}

impl Writer {
    pub(super) fn new(store: Arc<Store>, journal: Journal) -> Self {
        Self { store, journal, sealing: None, broken: None }
    }

    /// Serves until nobody is left to ask.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Append>) {
        while let Some(first) = queue.blocking_recv() {
            let mut bytes = first.bytes();
            let mut group = vec![first];
            while bytes < GROUP_BYTES
                && let Ok(more) = queue.try_recv()
            {
                bytes += more.bytes();
                group.push(more);
            }
            let outcome = self.take_in(&group);
            for Append { reply, .. } in group {
                // A caller that stopped waiting has no use for the answer.
                let _ = reply.send(outcome.clone());
            }
        }
        if let Some(sealing) = self.sealing.take() {
            let _ = sealing.join();
        }
    }

    fn take_in(&mut self, group: &[Append]) -> Result<(), SearchError> {
        let unavailable = |text: String| Err(SearchError::Unavailable(text));
        if let Some(reason) = &self.broken {
            return unavailable(reason.clone());
        }
        if let Err(error) = self.make_room() {
            return unavailable(format!("cannot write a segment: {error}"));
        }
        let fresh = self.fresh(group);
        if fresh.is_empty() {
            return Ok(());
        }
        let mut frame = BlockBuilder::new(self.store.state().open.next());
        for (entry, origin, number) in fresh.iter().flat_map(Fresh::entries) {
            frame.push(entry, origin, number);
            if frame.block().text.len() >= FRAME_BYTES {
                self.journal.add(&frame.take());
            }
        }
        if !frame.block().lines.is_empty() {
            self.journal.add(frame.block());
        }
        match self.journal.commit() {
            Ok(()) => {}
            Err(Commit::Refused(error)) => return unavailable(format!("cannot write the journal: {error}")),
            Err(Commit::Broken(error)) => {
                let reason = format!("the journal could not be written to disk ({error}); restart to recover");
                tracing::error!(%error, "the log journal could not be written to disk; no log is accepted until a restart");
                self.broken = Some(reason.clone());
                return unavailable(reason);
            }
        }
        let mut state = self.store.state();
        for part in &fresh {
            part.entries().for_each(|(entry, origin, number)| state.open.push(entry, origin, number));
            state.open.note(part.origin, part.numbers.clone());
        }
        Ok(())
    }

    /// What of `group` isn't stored yet, in its order.
    fn fresh<'a>(&self, group: &'a [Append]) -> Vec<Fresh<'a>> {
        let mut fresh = Vec::with_capacity(group.len());
        let mut within = Origins::default();
        for Append { batch, .. } in group {
            let origin = Origin::of(&batch.origin);
            let numbers = batch.first..batch.first + batch.entries.len() as u64;
            let mut missing = self.store.missing(origin, numbers.clone());
            within.subtract(origin, &mut missing);
            within.note(origin, numbers);
            fresh.extend(missing.into_iter().filter(|numbers| !numbers.is_empty()).map(|numbers| Fresh { batch, origin, numbers }));
        }
        fresh
    }

    /// Starts a new segment if the open one is full.
    fn make_room(&mut self) -> io::Result<()> {
        if !self.store.state().open.is_full() {
            return Ok(());
        }
        let earlier = self.sealing.take().map(|earlier| earlier.join().unwrap_or_else(|_| Err(io::Error::other("sealing panicked"))));
        let unsealed = self.store.state().sealing.clone();
        if !unsealed.is_empty() {
            self.sealing = Some(self.start_sealing(unsealed)?);
            let error = earlier.and_then(Result::err).unwrap_or_else(|| io::Error::other("it was not begun"));
            tracing::error!(%error, "a log segment could not be written; it is tried again");
            return Err(error);
        }
        let next = self.store.state().open.next();
        let journal = Journal::create(path_of(&self.store.directory, next, JOURNAL))?;
        sync_directory(&self.store.directory)?;
        self.journal = journal;
        let blocks = {
            let mut state = self.store.state();
            (state.sealing, state.sealing_origins) = state.open.take();
            state.sealing.clone()
        };
        self.sealing = Some(self.start_sealing(blocks)?);
        Ok(())
    }

    fn start_sealing(&self, blocks: Vec<Arc<Block>>) -> io::Result<JoinHandle<io::Result<()>>> {
        let store = Arc::clone(&self.store);
        std::thread::Builder::new().name("logs-seal".into()).spawn(move || {
            let segment = seal(&store.directory, &blocks)?;
            let journal = path_of(&store.directory, segment.index.entries.0, JOURNAL);
            let mut state = store.state();
            state.sealing.clear();
            state.sealing_origins = Origins::default();
            state.sealed.push(Arc::new(segment));
            drop(state);
            // Left behind, it is recognised as sealed and removed at the next start.
            if let Err(error) = std::fs::remove_file(&journal) {
                tracing::warn!(%error, path = %journal.display(), "cannot remove a log journal that is no longer needed");
            }
            Ok(())
        })
    }
}
