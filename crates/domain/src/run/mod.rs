//! A run: one stage in one flow.
//!
//! `creating → (manual | in_progress) → completed → processed`; a rerun leads back to `in_progress`. One that waits for its turn in its group
//! is being created, as people see it.
//! The counts of its jobs are kept beside it and only ever added to, so that jobs that end at the same moment never
//! fight over one record.

mod counts;
mod transition;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use counts::{RunCounts, Tally};
pub use transition::{RunEvent, RunRefusal};

use crate::{BranchId, ProjectId, RunId, StageId, concurrency::Membership, flow::FlowKind, job::Stop, record::SpecRef};

/// A run and all that its life-cycle needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id; holds its flow's.
    pub id: RunId,
    /// The project it belongs to (whose roles apply).
    pub project: ProjectId,
    /// The branch it belongs to.
    pub branch: BranchId,
    /// The stage it runs.
    pub stage: StageId,
    /// That stage's name when the run was made.
    pub stage_name: String,
    /// The kind of its flow.
    pub kind: FlowKind,
    /// What people see; `<number>.` of the run in its stage unless the stage says otherwise.
    pub label: String,
    /// Its number among all runs of its stage.
    pub sequence: u64,
    /// Its number among the runs of its stage in flows of its kind; 0 where an early version made it, which did not count them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub own_sequence: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its arguments: parameter defaults < flow arguments < run arguments.
    #[serde(default)]
    pub args: BTreeMap<String, serde_json::Value>,
    /// Why it exists.
    pub reason: RunReason,
    /// When a person started it, if it waited for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
    /// The evaluated schema it was started with; `None` until it has been evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<SpecRef>,
    /// Seconds that the whole run may take, from start to completion.
    pub timeout_s: u32,
    /// How many jobs it was given so far; the next job's number is one more.
    #[serde(default)]
    pub jobs_made: u32,
    /// Whether its stage names somebody to be told of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notices: bool,
    /// Where its stage could not be evaluated: the hash of a stored one that says whom to tell of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// What people should know about it: no jobs, a schema in error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The commit that its stage's code is of, where that is in a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_commit: Option<String>,
    /// Jobs of it wait for others of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// The group of runs of which at most one is in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Membership>,
    /// What became of its jobs, while it is over; `None` also where an early version ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
    /// The run of the same stage that repeats this one with newer code; what the flow comes to is said by that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_by: Option<RunId>,
    /// Where in its life it is.
    pub state: RunState,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why a run exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RunReason {
    /// It came with its flow.
    Flow,
    /// Its parent runs completed without a job in error.
    Parents,
    /// Somebody asked for it.
    Person,
    /// Its time came.
    Trigger,
}

/// Where in its life a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RunState {
    /// Its jobs are being made.
    Creating,
    /// It waits for its turn in its group; then its jobs are made.
    Waiting {
        /// Since when.
        since: Timestamp,
        /// The run that was in progress then.
        behind: RunId,
        /// When somebody last found that it is not its turn yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        looked_at: Option<Timestamp>,
    },
    /// It waits for a person to start it.
    Manual,
    /// Its jobs wait or run.
    InProgress {
        /// Since the start or the last rerun.
        started_at: Timestamp,
        /// The wish that its jobs stop, once somebody had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stop: Option<RunStop>,
    },
    /// Its jobs are over; their results are not yet analysed.
    Completed {
        /// Since the start or the last rerun; `None` when it never had jobs to start.
        started_at: Option<Timestamp>,
        /// When.
        completed_at: Timestamp,
        /// How it went.
        result: RunResult,
    },
    /// Its results are analysed.
    Processed {
        /// As in `Completed`.
        started_at: Option<Timestamp>,
        /// As in `Completed`.
        completed_at: Timestamp,
        /// When.
        processed_at: Timestamp,
        /// How it went.
        result: RunResult,
    },
}

/// A run that waits for its turn looks for it itself after so many seconds.
const TURN_LOOKED_FOR_S: i64 = 600;

/// The wish that all jobs of a run stop. Kept, so that it reaches each of them whatever happens to whoever tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStop {
    /// Why.
    pub why: Stop,
    /// Since when.
    pub at: Timestamp,
    /// Whether every job has been told.
    #[serde(default)]
    pub told: bool,
    /// Whether it came before all jobs were made: those that are there are not the whole.
    #[serde(default)]
    pub half_made: bool,
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunResult {
    /// No job in error.
    Ok,
    /// At least one job in error, or a schema that could not be understood.
    Error,
    /// It was cancelled before it had jobs.
    Cancelled,
}

impl RunResult {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Error, Self::Cancelled];
}

impl RunReason {
    /// All names that [`RunReason::as_str`] gives.
    pub const NAMES: [&str; 4] = ["flow", "parents", "person", "trigger"];

    /// The name that the API and stages use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Parents => "parents",
            Self::Person => "person",
            Self::Trigger => "trigger",
        }
    }
}

impl RunState {
    /// All names that [`RunState::as_str`] gives.
    pub const NAMES: [&str; 5] = ["creating", "manual", "in_progress", "completed", "processed"];

    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Creating | Self::Waiting { .. } => "creating",
            Self::Manual => "manual",
            Self::InProgress { .. } => "in_progress",
            Self::Completed { .. } => "completed",
            Self::Processed { .. } => "processed",
        }
    }
}

impl Run {
    /// Whether all its jobs are over.
    pub fn is_completed(&self) -> bool {
        matches!(self.state, RunState::Completed { .. } | RunState::Processed { .. })
    }

    /// How it went, once it is over.
    pub fn result(&self) -> Option<RunResult> {
        match self.state {
            RunState::Completed { result, .. } | RunState::Processed { result, .. } => Some(result),
            RunState::Creating | RunState::Waiting { .. } | RunState::Manual | RunState::InProgress { .. } => None,
        }
    }

    /// When somebody must look at it again if nothing happens before; `None` when nothing is owed. A look is more than a
    /// tick: the counts may say that it is over. So a run that was stopped is looked at until it is.
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            RunState::Creating => Some(self.created_at),
            RunState::InProgress { started_at, stop: None } => Some(self.time_up_at(started_at)),
            RunState::InProgress { stop: Some(stop), .. } if stop.told => Some(crate::job::later(stop.at, crate::job::STOP_WITHIN_S)),
            RunState::InProgress { stop: Some(stop), .. } => Some(stop.at),
            // Whoever is before it lets it on, unless that one is gone without a trace.
            RunState::Waiting { since, looked_at, .. } => Some(crate::job::later(looked_at.unwrap_or(since), TURN_LOOKED_FOR_S)),
            RunState::Manual | RunState::Processed { .. } => None,
            RunState::Completed { completed_at, .. } => Some(completed_at),
        }
    }

    /// Since when it counts among the runs of its group: one that waited for a person is as new as that person's wish.
    pub fn wanted_at(&self) -> Timestamp {
        self.released_at.unwrap_or(self.created_at)
    }

    /// The run of its group that it was cancelled for.
    pub fn superseded_by(&self) -> Option<RunId> {
        self.concurrency.as_ref().and_then(|membership| membership.superseded_by)
    }

    /// The hash of the stored stage that names those who are told of it.
    pub fn told_by(&self) -> Option<&str> {
        self.spec.as_ref().map(|spec| spec.sha256.as_str()).or(self.audience.as_deref())
    }

    /// What people should know about it.
    pub fn remark(&self) -> Option<String> {
        if let Some(by) = self.covered_by {
            return Some(format!("repeated with the newest code by run {by}"));
        }
        if let Some(by) = self.superseded_by() {
            return Some(format!("superseded by run {by}"));
        }
        match self.state {
            RunState::Waiting { behind, .. } => Some(format!("waits for its turn behind run {behind} of its group")),
            _ => self.note.clone(),
        }
    }

    fn time_up_at(&self, started_at: Timestamp) -> Timestamp {
        crate::job::later(started_at, i64::from(self.timeout_s))
    }
}

#[cfg(test)]
mod tests;
