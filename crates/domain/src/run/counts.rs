//! The counts of a run's jobs.

use serde::{Deserialize, Serialize};

use crate::job::{Job, JobState};

/// How many jobs of a run are where. Covered jobs are in none of them.
///
/// Kept as counters that are only added to (also negative amounts), in the very write that moves the job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// All jobs.
    pub total: i64,
    /// Jobs that an agent has claimed and that are not over.
    pub executing: i64,
    /// Jobs that are over.
    pub completed: i64,
    /// Jobs that are over with any outcome but `ok`.
    pub error: i64,
}

impl RunCounts {
    /// What one job adds.
    pub fn of(job: &Job) -> Self {
        if job.covered_by.is_some() {
            return Self::default();
        }
        let executing = matches!(job.state, JobState::Running { .. } | JobState::Finished { .. });
        let outcome = job.outcome();
        Self {
            total: 1,
            executing: i64::from(executing),
            completed: i64::from(outcome.is_some()),
            error: i64::from(outcome.is_some_and(|outcome| !outcome.is_ok())),
        }
    }

    /// What must be added to the counters when `before` becomes `after`.
    #[must_use]
    pub fn change(before: Option<&Job>, after: &Job) -> Self {
        let (old, new) = (before.map(Self::of).unwrap_or_default(), Self::of(after));
        Self {
            total: new.total - old.total,
            executing: new.executing - old.executing,
            completed: new.completed - old.completed,
            error: new.error - old.error,
        }
    }

    /// The sum of two changes.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            total: self.total + other.total,
            executing: self.executing + other.executing,
            completed: self.completed + other.completed,
            error: self.error + other.error,
        }
    }

    /// Whether adding it changes nothing.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Jobs that wait for an agent.
    pub fn waiting(&self) -> i64 {
        self.total - self.executing - self.completed
    }

    /// Whether every job is over.
    pub fn all_completed(&self) -> bool {
        self.completed >= self.total
    }
}

/// What became of a run's jobs, kept in the run once all of them were over: lists need not read its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(i64, i64);

impl Tally {
    /// Of a run that never had jobs.
    pub const NO_JOBS: Self = Self(0, 0);

    /// Of a run whose jobs are all over.
    pub fn of(counts: RunCounts) -> Self {
        Self(counts.total, counts.error)
    }

    /// The same as counts.
    pub fn counts(self) -> RunCounts {
        let Self(total, error) = self;
        RunCounts { total, executing: 0, completed: total, error }
    }
}
