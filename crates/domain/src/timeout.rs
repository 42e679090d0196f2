//! How long a job may run: the user's limit, or one learnt from earlier jobs, whichever is larger.

use serde::{Deserialize, Serialize};

/// A limit in seconds and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLimit {
    /// Seconds from claim to end.
    pub seconds: u32,
    /// Who said so.
    #[serde(flatten)]
    pub origin: LimitOrigin,
}

/// Where a limit comes from; shown to people beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum LimitOrigin {
    /// The stage says so, or the default holds.
    Stage,
    /// Learnt from earlier jobs of the same lineage.
    Learnt {
        /// How many successful earlier jobs were looked at.
        samples: u32,
        /// The longest of them, in seconds.
        longest_s: u32,
    },
}

/// Fewer successful jobs than this teach nothing.
pub const SAMPLES_NEEDED: usize = 4;
/// Only this many of the newest jobs count.
pub const SAMPLES_KEPT: usize = 10;
const SHORTEST_S: f64 = 60.0;
const LONGEST_S: f64 = 3.0 * 24.0 * 3600.0;
const ROOM: f64 = 1.7;

/// The limit for a job whose stage says `stage_s` seconds and whose lineage took `durations_s` (seconds, newest first,
/// successful jobs only): 1.7 × the longest of the last 10, at least 60 s, at most 3 days, once there are 4; the
/// stage's own limit wins when it is larger.
pub fn limit(stage_s: u32, durations_s: &[u32]) -> TimeLimit {
    let stage = TimeLimit { seconds: stage_s, origin: LimitOrigin::Stage };
    let newest = &durations_s[..durations_s.len().min(SAMPLES_KEPT)];
    let Some(&longest_s) = newest.iter().max() else { return stage };
    if newest.len() < SAMPLES_NEEDED {
        return stage;
    }
    let learnt = (f64::from(longest_s) * ROOM).ceil().clamp(SHORTEST_S, LONGEST_S) as u32;
    if learnt <= stage_s {
        return stage;
    }
    TimeLimit { seconds: learnt, origin: LimitOrigin::Learnt { samples: newest.len() as u32, longest_s } }
}

#[cfg(test)]
mod tests;
