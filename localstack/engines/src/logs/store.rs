//! What is stored, as searches and the writer share it.
//!
//! Invariant: under the lock, every acknowledged entry is in exactly one of sealed, sealing and open.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::block::{Block, BlockBuilder};
use super::entry::Entry;
use super::segment::Segment;

/// Lines and bytes of text that make a block full: about what compresses well and is unpacked in a millisecond.
const BLOCK_LINES: usize = 4096;
const BLOCK_BYTES: usize = 512 * 1024;

/// The same for the open segment, which is kept in memory.
const SEGMENT_LINES: usize = 32_768;
const SEGMENT_BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Store {
    pub(super) directory: PathBuf,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) sealed: Vec<Arc<Segment>>,
    /// The blocks that are being written as a segment.
    pub(super) sealing: Vec<Arc<Block>>,
    pub(super) open: Open,
    /// Nanoseconds; entries from before are forgotten.
    pub(super) floor: i64,
}

/// The entries since the last segment.
pub(super) struct Open {
    full: Vec<Arc<Block>>,
    tail: BlockBuilder,
    lines: usize,
    bytes: usize,
}

/// What a search looks through.
pub(super) struct Snapshot {
    pub(super) sealed: Vec<Arc<Segment>>,
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) floor: i64,
}

impl Store {
    pub(super) fn new(directory: PathBuf, state: State) -> Self {
        Self { directory, state: Mutex::new(state) }
    }

    /// The state, locked: never across anything slow.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is whole by itself, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let state = self.state();
        let mut blocks = state.sealing.clone();
        blocks.extend(state.open.full.iter().cloned());
        if !state.open.tail.block().lines.is_empty() {
            blocks.push(Arc::new(state.open.tail.block().clone()));
        }
        Snapshot { sealed: state.sealed.clone(), blocks, floor: state.floor }
    }
}

impl Open {
    /// Nothing, with `next` as the number of the entry to come.
    pub(super) fn new(next: u64) -> Self {
        Self { full: Vec::new(), tail: BlockBuilder::new(next), lines: 0, bytes: 0 }
    }

    pub(super) fn push(&mut self, entry: &Entry) {
        self.tail.push(entry);
        self.lines += 1;
        self.bytes += entry.text.len() + 1;
        let block = self.tail.block();
        if block.lines.len() >= BLOCK_LINES || block.text.len() >= BLOCK_BYTES {
            self.full.push(Arc::new(self.tail.take()));
        }
    }

    /// The number of the entry to come.
    pub(super) fn next(&self) -> u64 {
        self.tail.next()
    }

    /// Whether it is time for a segment.
    pub(super) fn is_full(&self) -> bool {
        self.lines >= SEGMENT_LINES || self.bytes >= SEGMENT_BYTES
    }

    /// All blocks; what is open starts anew.
    pub(super) fn take(&mut self) -> Vec<Arc<Block>> {
        let next = Self::new(self.next());
        let mut taken = std::mem::replace(self, next);
        if !taken.tail.block().lines.is_empty() {
            taken.full.push(Arc::new(taken.tail.take()));
        }
        taken.full
    }
}
