//! What can be asked, and how an answer is paged.
//!
//! Invariant: entries have one order, by time and then by arrival, and a cursor is a place in it. Entries that arrive
//! between two pages are found in their place or not at all; no other entry is lost or repeated by them.

use jiff::Timestamp;

use super::LogsError;
use super::entry::{Entry, Level};
use super::text::Text;

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
#[derive(Clone, Debug)]
pub struct Query {
    /// What the text has.
    pub text: Text,
    /// The exact service.
    pub service: Option<String>,
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
    /// Entries wanted, 1 to [`MAX_LIMIT`]. A page of very long entries may have fewer; its cursor goes on after them.
    pub limit: usize,
    /// Where the page before this one ended.
    pub cursor: Option<String>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: Text::default(),
            service: None,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub entries: Vec<Entry>,
    /// Asks for what comes after, given with the same query; `None` when there is nothing more.
    pub cursor: Option<String>,
}

/// The place of an entry in the order: its time, then its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) time: i64,
    pub(super) number: u64,
}

impl Place {
    /// How far from the beginning of the answer: the smaller, the earlier it comes.
    pub(super) fn rank(self, order: Order) -> u128 {
        // Flipping the sign bit makes the order of signed numbers that of unsigned ones.
        let time = (self.time as u64) ^ (1 << 63);
        let oldest = u128::from(time) << 64 | u128::from(self.number);
        match order {
            Order::OldestFirst => oldest,
            Order::NewestFirst => !oldest,
        }
    }

    /// The place as text that means nothing to its holder.
    pub(super) fn cursor(self) -> String {
        format!("{:016x}{:016x}", self.time as u64, self.number)
    }

    /// The place that [`cursor`](Self::cursor) wrote.
    pub(super) fn parse(cursor: &str) -> Result<Self, LogsError> {
        let wrong = || LogsError::Query(format!("cursor {cursor:?}: expected one that an earlier page gave"));
        if cursor.len() != 32 || !cursor.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let (time, number) = cursor.split_at(16);
        let part = |text| u64::from_str_radix(text, 16).map_err(|_| wrong());
        Ok(Self { time: part(time)? as i64, number: part(number)? })
    }
}
