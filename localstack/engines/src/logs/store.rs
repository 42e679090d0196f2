//! What is stored, as searches and the writer share it.
//!
//! Invariant: under the lock, every acknowledged entry is in exactly one of sealed, sealing and open.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kraken_search::Entry;

use super::block::{Block, BlockBuilder};
use super::gone::Gone;
use super::origins::{Origin, Origins, subtract_sorted};
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
    /// Held by whoever changes what is forgotten of flows, across slow things.
    forgetting: Mutex<()>,
}

pub(super) struct State {
    pub(super) sealed: Vec<Arc<Segment>>,
    /// The blocks that are being written as a segment.
    pub(super) sealing: Vec<Arc<Block>>,
    /// What those blocks hold.
    pub(super) sealing_origins: Origins,
    pub(super) open: Open,
    /// Nanoseconds; entries from before are forgotten.
    pub(super) floor: i64,
    /// The flows whose entries are forgotten.
    pub(super) gone: Arc<Gone>,
}

impl State {
    /// Every entry with a smaller number is in a segment.
    pub(super) fn first_unsealed(&self) -> u64 {
        match self.sealing.first() {
            Some(block) => block.first,
            None => self.open.full.first().map_or(self.open.tail.block().first, |block| block.first),
        }
    }
}

/// The entries since the last segment.
pub(super) struct Open {
    full: Vec<Arc<Block>>,
    tail: BlockBuilder,
    origins: Origins,
    lines: usize,
    bytes: usize,
}

/// What a search looks through.
pub(super) struct Snapshot {
    pub(super) sealed: Vec<Arc<Segment>>,
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) floor: i64,
    pub(super) gone: Arc<Gone>,
}

impl Store {
    pub(super) fn new(directory: PathBuf, state: State) -> Self {
        Self { directory, state: Mutex::new(state), forgetting: Mutex::new(()) }
    }

    /// The state, locked: never across anything slow.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is whole by itself, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps others from changing what is forgotten of flows.
    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.forgetting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let state = self.state();
        let mut blocks = state.sealing.clone();
        blocks.extend(state.open.full.iter().cloned());
        if !state.open.tail.block().lines.is_empty() {
            blocks.push(Arc::new(state.open.tail.block().clone()));
        }
        Snapshot { sealed: state.sealed.clone(), blocks, floor: state.floor, gone: Arc::clone(&state.gone) }
    }

    /// Which of the `numbers` of `origin` are not stored.
    pub(super) fn missing(&self, origin: Origin, numbers: Range<u64>) -> Vec<Range<u64>> {
        let mut missing = vec![numbers];
        let sealed = {
            let state = self.state();
            state.open.origins.subtract(origin, &mut missing);
            state.sealing_origins.subtract(origin, &mut missing);
            state.sealed.clone()
        };
        for segment in sealed.iter().rev() {
            if missing.is_empty() {
                break;
            }
            subtract_sorted(&segment.index.origins, origin, &mut missing);
        }
        missing
    }
}

impl Open {
    /// Nothing, with `next` as the number of the entry to come.
    pub(super) fn new(next: u64) -> Self {
        Self { full: Vec::new(), tail: BlockBuilder::new(next), origins: Origins::default(), lines: 0, bytes: 0 }
    }

    /// Adds an entry; its number is noted apart, for many at once.
    pub(super) fn push(&mut self, entry: &Entry, origin: Origin, number: u64) {
        self.tail.push(entry, origin, number);
        self.lines += 1;
        self.bytes += entry.text.len() + 1;
        let block = self.tail.block();
        if block.lines.len() >= BLOCK_LINES || block.text.len() >= BLOCK_BYTES {
            self.full.push(Arc::new(self.tail.take()));
        }
    }

    /// Notes that the entries with these numbers were added.
    pub(super) fn note(&mut self, origin: Origin, numbers: Range<u64>) {
        self.origins.note(origin, numbers);
    }

    /// Adds all of a block that was written before.
    pub(super) fn push_block(&mut self, block: &Block) {
        let numbers = block.runs.iter().flat_map(|run| run.numbers().map(|number| (run.origin, number)));
        for (line, (origin, number)) in numbers.enumerate() {
            self.push(&block.entry(line), origin, number);
        }
        self.origins.note_block(block);
    }

    /// The number of the entry to come.
    pub(super) fn next(&self) -> u64 {
        self.tail.next()
    }

    /// Whether it is time for a segment.
    pub(super) fn is_full(&self) -> bool {
        self.lines >= SEGMENT_LINES || self.bytes >= SEGMENT_BYTES
    }

    /// All blocks, and what is in them; what is open starts anew.
    pub(super) fn take(&mut self) -> (Vec<Arc<Block>>, Origins) {
        let next = Self::new(self.next());
        let mut taken = std::mem::replace(self, next);
        if !taken.tail.block().lines.is_empty() {
            taken.full.push(Arc::new(taken.tail.take()));
        }
        (taken.full, taken.origins)
    }
}
