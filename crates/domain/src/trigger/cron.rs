//! Cron rules: five parts, as cron reads them, in a time zone.
//!
//! Where the clock is put forward, a rule of a fixed time of day that falls into the gap comes right after it; where it is put back, it
//! comes once. A rule of every so many minutes goes on through both by the time that really passes.

use std::str::FromStr;

use croner::parser::{CronParser, Seconds, Year};
use jiff::{Timestamp, tz::TimeZone};

/// The parts of a rule, in their order, with what each may be.
const PARTS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day", "1 to 31"),
    ("month", "1 to 12 or jan to dec"),
    ("weekday", "0 to 7 or sun to sat"),
];

/// From when it is asked whether a rule ever comes; any moment would do.
const SOME_TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// A cron rule that comes at some time.
#[derive(Clone, Debug)]
pub struct Cron(croner::Cron);

/// Why a text is no cron rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCron {
    /// Not five parts.
    #[error("{rule:?} has {parts} parts: expected 5 (minute hour day month weekday)")]
    Parts {
        /// The rule.
        rule: String,
        /// How many it has.
        parts: usize,
    },
    /// A part cannot be read.
    #[error("{rule:?}: {word:?} is not a {part}: expected {expected}, with lists (1,2), ranges (1-5) and steps (*/10)")]
    Part {
        /// The rule.
        rule: String,
        /// The part as it is written.
        word: String,
        /// What it is called.
        part: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// Each part can be read, and no moment fits all of them.
    #[error("{rule:?} never comes: there is no such day")]
    Never {
        /// The rule.
        rule: String,
    },
}

impl FromStr for Cron {
    type Err = InvalidCron;

    fn from_str(rule: &str) -> Result<Self, InvalidCron> {
        let words: Vec<&str> = rule.split_whitespace().collect();
        if words.len() != PARTS.len() {
            return Err(InvalidCron::Parts { rule: rule.to_owned(), parts: words.len() });
        }
        let alone = |index: usize| {
            let mut parts = ["*"; PARTS.len()];
            parts[index] = words[index];
            parse(&parts.join(" "))
        };
        for (index, (part, expected)) in PARTS.into_iter().enumerate() {
            if !plain(words[index]) || alone(index).is_none() {
                return Err(InvalidCron::Part { rule: rule.to_owned(), word: words[index].to_owned(), part, expected });
            }
        }
        let never = || InvalidCron::Never { rule: rule.to_owned() };
        let cron = Self(parse(&words.join(" ")).ok_or_else(never)?);
        cron.next_after(SOME_TIME, &TimeZone::UTC).ok_or_else(never)?;
        Ok(cron)
    }
}

/// Only what every cron knows: no `L`, `W`, `#` and `@daily`, which mean different things to different ones.
fn plain(word: &str) -> bool {
    let name = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    word.split([',', '-', '/'])
        .all(|item| item == "*" || name(item) || (!item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit())))
}

fn parse(rule: &str) -> Option<croner::Cron> {
    // `5/10` is from 5 on, as in Vixie's cron.
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).sloppy_ranges(true).build();
    parser.parse(rule).ok()
}

impl Cron {
    /// A rule that was checked when it was stored: it is not checked part by part again.
    pub(super) fn of_stored(rule: &str) -> Option<Self> {
        parse(&rule.split_whitespace().collect::<Vec<_>>().join(" ")).map(Self)
    }

    /// When it comes next after `after`; `None` when that is beyond what calendars hold.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let next = self.0.find_next_occurrence(&after.to_zoned(zone.clone()), false).ok()?;
        Some(next.timestamp())
    }
}

#[cfg(test)]
mod tests;
