//! A job's log as it lies in the object store.
//!
//! A finished log is one object `log.gz`, concatenated gzip members of [`LINES_PER_MEMBER`] lines each (the last one fewer;
//! fewer too where lines are huge), and `index.json`, a [`LogIndex`]. The same objects serve viewing (range requests), search and
//! download. While the job runs the agent keeps the same index over smaller objects: `part-<n>.gz` with whole members and
//! `tail.gz` with the member that still grows, so the newest lines can be read by the same code.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Lines in every member but the last.
pub const LINES_PER_MEMBER: u32 = 4096;

/// A member is closed early when its lines have this many bytes (not compressed).
pub const MEMBER_BYTES_MAX: usize = 4 << 20;

/// Longer lines are cut into lines of this many bytes, so that no reader needs unbounded memory.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// A reader takes no index of more bytes: those of a log of ten million lines are fewer.
pub const INDEX_BYTES_MAX: u64 = 64 << 20;

/// Name of the whole log below a job's log prefix.
pub const LOG_OBJECT: &str = "log.gz";

/// Name of the index below a job's log prefix.
pub const INDEX_OBJECT: &str = "index.json";

/// Where which lines of a log are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogIndex {
    /// Whether the log will grow no more.
    pub complete: bool,
    /// How many lines there are.
    pub lines: u64,
    /// How many bytes they have when not compressed.
    pub bytes: u64,
    /// The members, in order.
    pub members: Vec<Member>,
    /// Where steps begin, in order.
    #[serde(default)]
    pub steps: Vec<StepMark>,
}

/// One gzip member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The object that holds it, below the log prefix.
    pub object: String,
    /// Its first byte in that object.
    pub offset: u64,
    /// Its length in bytes, compressed.
    pub length: u64,
    /// Number of its first line, from 0.
    pub first_line: u64,
    /// How many lines it has.
    pub lines: u32,
    /// When its first line was read.
    pub from: Timestamp,
    /// When its last line was read.
    pub to: Timestamp,
    /// Changes of time inside: `[line in the member, milliseconds after from]`, at most one per 100 ms. A line was
    /// read at the time of the last entry at or before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<(u32, u64)>,
}

/// Where a step's lines begin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepMark {
    /// Index of the step in the job, from 0.
    pub step: u32,
    /// Number of its first line, from 0.
    pub first_line: u64,
    /// When it began.
    pub at: Timestamp,
}

impl Member {
    /// When line `number` (of the whole log) was read.
    pub fn time_of(&self, number: u64) -> Timestamp {
        let within = u32::try_from(number.saturating_sub(self.first_line)).unwrap_or(u32::MAX);
        let after_ms = match self.times.partition_point(|(line, _)| *line <= within) {
            0 => 0,
            at => self.times[at - 1].1,
        };
        let after = jiff::SignedDuration::from_millis(i64::try_from(after_ms).unwrap_or(i64::MAX));
        self.from.saturating_add(after).unwrap_or(self.to)
    }
}

/// What is wrong with an index: no agent writes such a one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongIndex {
    /// Lines are missing, or are there twice.
    #[error("member {member} begins with line {first_line}, not {expected}")]
    Gap {
        /// Which member, from 0.
        member: usize,
        /// Its first line.
        first_line: u64,
        /// What it should be.
        expected: u64,
    },
    /// A member has more lines than one may have, or none and is not the last.
    #[error("member {member} has {lines} lines: expected 1 to {LINES_PER_MEMBER}")]
    Lines {
        /// Which member, from 0.
        member: usize,
        /// How many it has.
        lines: u32,
    },
}

impl LogIndex {
    /// Whether it is as agents write them: members follow each other without a gap, each with some lines and not too many. What is read by
    /// its numbers then costs no more than these lines do. Its sizes may be wrong all the same.
    ///
    /// # Errors
    /// [`WrongIndex`].
    pub fn check(&self) -> Result<(), WrongIndex> {
        let mut expected = 0;
        for (at, member) in self.members.iter().enumerate() {
            let (first_line, lines) = (member.first_line, member.lines);
            if first_line != expected {
                return Err(WrongIndex::Gap { member: at, first_line, expected });
            }
            // A log without lines is one empty member.
            if lines > LINES_PER_MEMBER || lines == 0 && at + 1 < self.members.len() {
                return Err(WrongIndex::Lines { member: at, lines });
            }
            expected += u64::from(lines);
        }
        Ok(())
    }

    /// The step that line `number` is of; `None` before the first one.
    pub fn step_of(&self, number: u64) -> Option<u32> {
        let at = self.steps.partition_point(|mark| mark.first_line <= number);
        at.checked_sub(1).map(|last| self.steps[last].step)
    }

    /// The members that hold lines `from..to` (numbers from 0).
    pub fn members_of(&self, from: u64, to: u64) -> impl Iterator<Item = &Member> {
        let start = self.members.partition_point(|member| member.first_line.saturating_add(u64::from(member.lines)) <= from);
        self.members[start..].iter().take_while(move |member| member.first_line < to)
    }
}
