//! The place of an entry in the order of all: by time, then by arrival. A cursor is a place as text.

use kraken_search::{Order, Query, SearchError};

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
    pub(super) fn parse(cursor: &str) -> Result<Self, SearchError> {
        let wrong = || Query::wrong_cursor(cursor);
        if cursor.len() != 32 || !cursor.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let (time, number) = cursor.split_at(16);
        let part = |text| u64::from_str_radix(text, 16).map_err(|_| wrong());
        Ok(Self { time: part(time)? as i64, number: part(number)? })
    }
}
