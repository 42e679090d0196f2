//! A job: one environment and system of a run, held by at most one agent at a time.
//!
//! `queued → assigned → running → finished → completed`. One that needs others of its run is queued, but held. The outcome exists only in `completed`. Each assignment opens a
//! new [`Generation`]; whatever an agent later says of the job must carry it, so that an agent that was given up
//! on can never change a job that has gone on without it.

mod ending;
mod outcome;
mod transition;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use ending::cut;
pub use outcome::{Outcome, Verdict};
pub(crate) use transition::later;
pub use transition::{CLAIM_WITHIN_S, JobEvent, JobRefusal, OVERTIME_GRACE_S, STOP_WITHIN_S};

use crate::{AgentId, BranchId, JobId, ProjectId, StageId, needs::Order, place::Place, record::SpecRef, step::Step, timeout::TimeLimit};

/// Counts the assignments of one job. Fences out agents that hold an older one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u32);

impl Generation {
    /// The generation of the next assignment.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A job and all that its life-cycle needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id; holds its run's and flow's.
    pub id: JobId,
    /// The project it belongs to (whose roles apply).
    pub project: ProjectId,
    /// The branch it belongs to.
    pub branch: BranchId,
    /// The stage it came from.
    pub stage: StageId,
    /// Its name in the stage.
    pub name: String,
    /// Where it must run.
    pub place: Place,
    /// Which stored schema, and which job in it, says what its steps do.
    pub spec: SpecRef,
    /// How long it may run, and who said so.
    pub limit: TimeLimit,
    /// When its run was made: jobs are served in the order of their runs.
    pub run_created_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often it has been assigned.
    #[serde(default)]
    pub generation: Generation,
    /// How often it was taken from a lost agent and queued again.
    #[serde(default)]
    pub losses: u32,
    /// Whether losing its agent may run it again (no side effects declared).
    #[serde(default = "yes")]
    pub retry_on_agent_loss: bool,
    /// How its steps went so far.
    pub steps: Vec<Step>,
    /// What it has to do with the order among the jobs of its run.
    #[serde(default, skip_serializing_if = "Order::is_none")]
    pub order: Order,
    /// Where in its life it is.
    pub state: JobState,
    /// The job that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun_of: Option<JobId>,
    /// The job that repeats this one: this one is shown, but out of every count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_by: Option<JobId>,
    /// Where the agent keeps the log: a key prefix in the object store. Set at the claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_prefix: Option<String>,
    /// Where earlier tries have their logs, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_logs: Vec<String>,
}

fn yes() -> bool {
    true
}

/// Where in its life a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Waits for other jobs of its run: in no lane yet.
    Held {
        /// Since when.
        since: Timestamp,
    },
    /// Waits for an agent.
    Queued {
        /// Since when.
        since: Timestamp,
    },
    /// Promised to an agent that has not yet claimed it.
    Assigned {
        /// To whom.
        agent: AgentId,
        /// When.
        at: Timestamp,
    },
    /// Held by an agent.
    Running {
        /// By whom.
        agent: AgentId,
        /// Since the claim.
        started_at: Timestamp,
        /// Until when, if the agent says nothing more.
        lease_until: Timestamp,
        /// The wish that it stops, once somebody had it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stop: Option<Stopping>,
    },
    /// The agent is done; what it brought is not yet taken in.
    Finished {
        /// Who ran it.
        agent: AgentId,
        /// Since the claim.
        started_at: Timestamp,
        /// When the agent reported.
        finished_at: Timestamp,
        /// How it went, by the agent.
        verdict: Verdict,
    },
    /// Over.
    Completed {
        /// Who ran it last, if anybody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// Since the last claim, if there was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_at: Option<Timestamp>,
        /// When.
        completed_at: Timestamp,
        /// How it ended.
        verdict: Verdict,
    },
}

/// The wish that a running job stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// Why.
    pub why: Stop,
    /// Since when.
    pub at: Timestamp,
}

/// Why a job shall stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// Its time, or its run's, is up.
    TimeUp,
}

impl Stopping {
    /// When the control plane steps in, the agent not having stopped the job.
    pub(crate) fn deadline(&self) -> Timestamp {
        transition::later(self.at, STOP_WITHIN_S)
    }
}

impl Job {
    /// Whether an agent has been promised the job or holds it.
    pub fn holder(&self) -> Option<AgentId> {
        match self.state {
            JobState::Assigned { agent, .. } | JobState::Running { agent, .. } => Some(agent),
            JobState::Held { .. } | JobState::Queued { .. } | JobState::Finished { .. } | JobState::Completed { .. } => None,
        }
    }

    /// The agent that ran, runs, or will run the job.
    pub fn agent(&self) -> Option<AgentId> {
        match self.state {
            JobState::Assigned { agent, .. } | JobState::Running { agent, .. } | JobState::Finished { agent, .. } => Some(agent),
            JobState::Completed { agent, .. } => agent,
            JobState::Held { .. } | JobState::Queued { .. } => None,
        }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.state {
            JobState::Completed { verdict, .. } => Some(verdict.outcome),
            _ => None,
        }
    }

    /// Whether it is over.
    pub fn is_completed(&self) -> bool {
        matches!(self.state, JobState::Completed { .. })
    }

    /// When somebody must look at it again if nothing happens before: a claim that never came, a lease that ran out,
    /// a time that is up, a stop that was not heeded. `None` while it waits in the queue or is over.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.state {
            JobState::Held { .. } | JobState::Queued { .. } | JobState::Completed { .. } => None,
            JobState::Assigned { at, .. } => Some(transition::later(*at, CLAIM_WITHIN_S)),
            JobState::Running { started_at, lease_until, stop, .. } => {
                let deadline = stop.map_or(Timestamp::MAX, |stop| stop.deadline());
                Some((*lease_until).min(self.overtime_at(*started_at)).min(deadline))
            }
            JobState::Finished { finished_at, .. } => Some(*finished_at),
        }
    }

    /// When a job that was claimed at `started_at` is stopped from outside, its agent not having done so by itself.
    pub(crate) fn overtime_at(&self, started_at: Timestamp) -> Timestamp {
        transition::later(started_at, i64::from(self.limit.seconds) + OVERTIME_GRACE_S)
    }
}

#[cfg(test)]
mod tests;
