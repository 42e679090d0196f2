//! Jobs of a run that wait for others of it.
//!
//! A stage's jobs name what they need; a need on a name means every job that came of it (one for each environment and system). A job whose
//! needs are not met is held: it is in no lane, so it costs the scheduler nothing. What each job came to is kept in one record of the run,
//! [`Progress`], one letter for each job, and only the run's reconciler and whoever repeats jobs write it.
//!
//! Invariant: a job that is held has a need that is still open, or one whose end is noted and not yet taken in. So none is held for ever.

mod graph;
mod progress;
mod repeat;
mod settle;

use serde::{Deserialize, Serialize};

pub use graph::{Graph, GraphError, GraphJob};
pub use progress::{Progress, Slot};
pub use repeat::{Repeat, Unrepeatable};
pub use settle::{Settled, Unmet};

use crate::{
    RunId,
    job::{Job, Outcome},
};

/// What a job has to do with the order in its run. All at rest for jobs that neither need nor are needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Others wait for it: its end is noted for the run's reconciler.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needed: bool,
    /// The number of the run's first job of this kind, if this one repeats another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u32>,
    /// It was ended because the job of that slot was not ok; it runs again with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmet: Option<u32>,
}

impl Order {
    /// Whether there is nothing to be kept.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Job {
    /// Its place among the jobs that its run began with: repetitions have that of the job they repeat.
    pub fn slot(&self) -> u32 {
        self.order.slot.unwrap_or(self.id.number)
    }
}

/// Jobs of a run that are over and that others wait for; to be taken in.
///
/// Written in the very commit that ends them, so that jobs that end at the same moment never meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The run.
    pub run: RunId,
    /// Their numbers; at least one.
    pub jobs: Vec<u32>,
}

impl Ended {
    /// The note that `after` ended, if others wait for it and it was not over before.
    pub fn of(before: Option<&Job>, after: &Job) -> Option<Self> {
        let ended = after.order.needed && after.is_completed() && !before.is_some_and(Job::is_completed);
        ended.then(|| Self { run: after.id.run, jobs: vec![after.id.number] })
    }
}

/// Why a job was ended without having run.
pub fn unmet_because(need: &str, outcome: Outcome) -> String {
    format!("needs {need}, which ended with {}", outcome.as_str())
}

#[cfg(test)]
mod tests;
