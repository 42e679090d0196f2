//! What can be asked, and how an answer is paged.
//!
//! Invariant: entries have one order, and a cursor is a place in it. The order is by time; entries of one time stand
//! in an order that never changes, those of one origin in that of their numbers when they were appended in it.
//! Entries that arrive between two pages are found in their place or not at all; no other entry is lost or repeated
//! by them.

use jiff::Timestamp;

use crate::{Entry, Level, SearchError, Text};

/// Entries of a page when nobody says otherwise.
pub const DEFAULT_LIMIT: usize = 100;

/// The most entries a page may have.
pub const MAX_LIMIT: usize = 1000;

/// Which end of the order comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The latest first.
    #[default]
    NewestFirst,
    /// The earliest first.
    OldestFirst,
}

/// What entries to find. A field that is `None` excludes nothing; given fields must all fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What the text has.
    pub text: Text,
    /// The exact service.
    pub service: Option<String>,
    /// The exact project.
    pub project: Option<String>,
    /// The exact branch.
    pub branch: Option<String>,
    /// The exact flow.
    pub flow: Option<String>,
    /// The exact run.
    pub run: Option<String>,
    /// The exact job.
    pub job: Option<String>,
    /// The exact step.
    pub step: Option<String>,
    /// The exact agent.
    pub agent: Option<String>,
    /// This level or a graver one.
    pub level: Option<Level>,
    /// Written at this time or later.
    pub since: Option<Timestamp>,
    /// Written before this time.
    pub until: Option<Timestamp>,
    /// Which entries come first.
    pub order: Order,
    /// Entries wanted, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
}

impl Query {
    /// Refuses what no search can answer.
    pub fn check(&self) -> Result<(), SearchError> {
        match self.limit {
            1..=MAX_LIMIT => Ok(()),
            limit => Err(SearchError::Query(format!("limit {limit}: expected 1 to {MAX_LIMIT}"))),
        }
    }

    /// The refusal of a cursor that no page gave.
    pub fn wrong_cursor(cursor: &str) -> SearchError {
        SearchError::Query(format!("cursor {cursor:?}: expected one that an earlier page gave"))
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: Text::default(),
            service: None,
            project: None,
            branch: None,
            flow: None,
            run: None,
            job: None,
            step: None,
            agent: None,
            level: None,
            since: None,
            until: None,
            order: Order::default(),
            limit: DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// The entries found.
///
/// There may be fewer than were asked for, even none, although more follow: entries are very long, or it took long to
/// find these. Only a missing cursor says that there is nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub entries: Vec<Entry>,
    /// Of each entry: its number within its origin. `None` where that is not known any more.
    pub numbers: Vec<Option<u64>>,
    /// Asks for what comes after, given with the same query; `None` when there is nothing more.
    pub cursor: Option<String>,
}
