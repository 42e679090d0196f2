//! The best entries seen so far: as many as a page has, and one more to know whether there is another page.
//!
//! Invariant: whatever is not admitted comes after everything kept, so that a cursor to the last entry kept loses
//! nothing.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use kraken_search::{Entry, Page};

use crate::logs::place::Place;

/// Bytes of text on one page; a page with a single longer entry has that.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Best {
    limit: usize,
    after: Option<u128>,
    /// Ranks from here on are not wanted any more.
    bound: Option<u128>,
    bytes: usize,
    worst_first: BinaryHeap<Kept>,
}

struct Kept {
    rank: u128,
    place: Place,
    entry: Entry,
    /// Within its origin, where that is known.
    number: Option<u64>,
}

impl Best {
    /// Keeps entries that come after the rank `after`, `limit` to the page.
    pub(super) fn new(limit: usize, after: Option<u128>) -> Self {
        Self { limit, after, bound: None, bytes: 0, worst_first: BinaryHeap::new() }
    }

    /// Whether a block whose best entry has this rank can still add anything.
    pub(super) fn admits(&self, rank: u128) -> bool {
        self.bound.is_none_or(|bound| rank < bound)
    }

    /// Whether an entry of this rank belongs on the page, as far as is known.
    pub(super) fn wants(&self, rank: u128) -> bool {
        self.admits(rank) && self.after.is_none_or(|after| rank > after)
    }

    /// Keeps an entry that is wanted, with its number within its origin.
    pub(super) fn add(&mut self, rank: u128, place: Place, entry: Entry, number: Option<u64>) {
        self.bytes += entry.text.len();
        self.worst_first.push(Kept { rank, place, entry, number });
        while self.worst_first.len() > self.limit + 1 || self.bytes > PAGE_BYTES && self.worst_first.len() > 1 {
            let Some(dropped) = self.worst_first.pop() else { break };
            self.bytes -= dropped.entry.text.len();
            self.bound = Some(dropped.rank);
        }
        if self.worst_first.len() > self.limit {
            self.bound = self.worst_first.peek().map(|worst| worst.rank);
        }
    }

    pub(super) fn page(mut self) -> Page {
        // A bound means that something was left out, be it the one entry too many.
        let more = self.bound.is_some();
        if self.worst_first.len() > self.limit {
            self.worst_first.pop();
        }
        let kept = self.worst_first.into_sorted_vec();
        let cursor = kept.last().filter(|_| more).map(|last| last.place.cursor());
        let (entries, numbers) = kept.into_iter().map(|kept| (kept.entry, kept.number)).unzip();
        Page { entries, numbers, cursor }
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank)
    }
}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Kept {}
