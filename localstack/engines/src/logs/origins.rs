//! What is stored already, by origin: the numbers that were taken in, as ranges.
//!
//! Invariant: numbers are noted where their entries are, in the same journal frames and the same segments. They are
//! durable with them, and forgotten with them: no sooner, so that nothing is stored twice, and no later, so that they
//! take no more room than the logs that are kept.

use std::collections::HashMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::block::Block;

/// An origin as it is noted: 64 bits of its hash. Among a million origins, two are the same with a chance of one in
/// thirty million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin(pub(super) u64);

impl Origin {
    /// That of entries written before origins were noted.
    pub(super) const UNKNOWN: Self = Self(0);

    pub(super) fn of(name: &str) -> Self {
        let hash = Sha256::digest(name.as_bytes());
        let bytes = hash.first_chunk::<8>().copied().unwrap_or_default();
        // Zero has a meaning of its own.
        Self(u64::from_le_bytes(bytes).max(1))
    }
}

/// Consecutive lines of a block that have consecutive numbers within one origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) origin: Origin,
    /// The number of its first line within the origin.
    pub(super) first: u64,
    pub(super) lines: u64,
}

impl Run {
    pub(super) fn numbers(&self) -> Range<u64> {
        self.first..self.first.saturating_add(self.lines)
    }
}

/// Ranges of numbers by origin: sorted, apart from each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(HashMap<Origin, Vec<Range<u64>>>);

impl Origins {
    /// Notes `numbers`.
    pub(super) fn note(&mut self, origin: Origin, numbers: Range<u64>) {
        if origin == Origin::UNKNOWN || numbers.is_empty() {
            return;
        }
        let known = self.0.entry(origin).or_default();
        // Those that overlap or touch become one.
        let from = known.partition_point(|range| range.end < numbers.start);
        let to = known.partition_point(|range| range.start <= numbers.end);
        let joined = known[from..to].iter().fold(numbers, |all, range| all.start.min(range.start)..all.end.max(range.end));
        known.splice(from..to, [joined]);
    }

    /// Notes all that is in `block`.
    pub(super) fn note_block(&mut self, block: &Block) {
        block.runs.iter().for_each(|run| self.note(run.origin, run.numbers()));
    }

    /// Takes the noted numbers out of `missing`.
    pub(super) fn subtract(&self, origin: Origin, missing: &mut Vec<Range<u64>>) {
        for known in self.0.get(&origin).into_iter().flatten() {
            without(missing, known);
        }
    }

    /// Everything noted, in the order in which [`subtract_sorted`] can use it.
    pub(super) fn sorted(&self) -> Vec<(u64, u64, u64)> {
        let mut sorted: Vec<_> =
            self.0.iter().flat_map(|(origin, ranges)| ranges.iter().map(|range| (origin.0, range.start, range.end))).collect();
        sorted.sort_unstable();
        sorted
    }
}

/// Takes the numbers that `sorted` notes out of `missing`.
pub(super) fn subtract_sorted(sorted: &[(u64, u64, u64)], origin: Origin, missing: &mut Vec<Range<u64>>) {
    let start = sorted.partition_point(|noted| noted.0 < origin.0);
    for (_, first, next) in sorted[start..].iter().take_while(|noted| noted.0 == origin.0) {
        without(missing, &(*first..*next));
    }
}

/// Takes `known` out of `missing`, which stays sorted.
fn without(missing: &mut Vec<Range<u64>>, known: &Range<u64>) {
    if missing.iter().all(|range| range.end <= known.start || known.end <= range.start) {
        return;
    }
    let cut = missing.iter().flat_map(|range| [range.start..range.end.min(known.start), range.start.max(known.end)..range.end]);
    *missing = cut.filter(|range| range.start < range.end).collect();
}

#[cfg(test)]
mod tests;
