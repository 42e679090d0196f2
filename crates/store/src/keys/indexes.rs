//! The sparse indexes of the table.
//!
//! Invariant: what is in none of them is found by its key alone; nothing scans.

use super::attribute;

/// A sparse index of the table.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// Attribute that partitions it.
    pub partition: &'static str,
    /// Attribute that sorts it.
    pub sort: &'static str,
    /// Whether the sort attribute is a number (else a text).
    pub numeric: bool,
    /// What it carries besides the keys.
    pub carries: Carries,
    /// What it answers.
    pub answers: &'static str,
}

/// What an index carries besides the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// Nothing: who finds something there reads it.
    Keys,
    /// One attribute.
    Only(&'static str),
    /// The whole item.
    Everything,
}

/// All sparse indexes.
pub const INDEXES: [Index; 3] = [
    Index {
        name: "todo",
        partition: attribute::TODO,
        sort: attribute::DUE,
        numeric: true,
        carries: Carries::Keys,
        answers: "what needs doing, and since when (milliseconds since 1970): the ticks read it, nothing scans",
    },
    Index {
        name: "queue",
        partition: attribute::QUEUE,
        sort: attribute::QUEUED,
        numeric: false,
        carries: Carries::Only(attribute::BRIEF),
        answers: "jobs that wait, per lane, oldest first; idle agents, longest idle first",
    },
    Index {
        name: "list",
        partition: attribute::LIST,
        sort: attribute::LISTED,
        numeric: false,
        carries: Carries::Everything,
        answers: "what people list, in the order in which they see it",
    },
];
