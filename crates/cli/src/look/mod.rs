//! How things look on a terminal and in a pipe: pure functions from values to text.
//!
//! Text that came from a server or a job's author goes through [`Text`], which takes control characters out: nobody's stage name
//! moves somebody else's cursor.

mod problem;
mod state;
mod table;
mod text;
mod time;

use jiff::{Timestamp, tz::TimeZone};

pub(crate) use problem::failure_json;
pub use problem::{failure_text, field_problem_lines};
pub(crate) use state::other_state;
pub use state::{flow_state, job_state, outcome_text, run_state};
pub use table::{Details, Table};
pub use text::{Line, Paint, Text, Tone};
pub use time::{counted, duration, elapsed, size};

/// All that rendering depends on besides the values.
#[derive(Clone, Debug)]
pub struct Look {
    /// Colours on or off.
    pub paint: Paint,
    /// The zone that times are shown in.
    pub zone: TimeZone,
    /// What "now" is, for the age of things that go on.
    pub now: Timestamp,
}

impl Look {
    /// A time as people here read it: `2026-03-01 14:03:07`.
    pub fn time(&self, at: Timestamp) -> Text {
        Text::plain(at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// A time that may not have come yet.
    pub fn maybe_time(&self, at: Option<Timestamp>) -> Text {
        at.map_or_else(Text::none, |at| self.time(at))
    }

    /// Only the time of day: `14:03:07`.
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    /// How long it took, or takes so far; empty before it began.
    pub fn lasted(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> Text {
        from.map_or_else(Text::none, |from| Text::plain(elapsed(from, to.unwrap_or(self.now))))
    }
}

#[cfg(test)]
impl Look {
    /// No colours, UTC, a fixed moment.
    pub(crate) fn for_tests() -> Self {
        let now = "2026-03-01T12:10:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Self { paint: Paint::off(), zone: TimeZone::UTC, now }
    }
}
