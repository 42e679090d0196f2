//! An event: something happened to a flow, a run, a job or an agent.
//!
//! Invariant: its id is made of the record and of the version with which the record was written, so it is the same in every delivery, and
//! no other event has it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, BranchId, FlowId, JobId, ProjectId, RunId, flow::FlowKind, job::Outcome, run::RunResult};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The same in every delivery of it, and nobody else's.
    pub id: String,
    /// When it happened.
    pub time: Timestamp,
    /// What it happened to.
    #[serde(flatten)]
    pub about: About,
    /// What happened, and what there is to say of it.
    #[serde(flatten)]
    pub what: What,
}

/// The ids of what an event is about, from the outside to the inside; those that do not apply are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// A project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// A branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchId>,
    /// A flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// A run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// A job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// An agent: the one that it is about, or that ran the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

/// What happened. Texts are for people, and cut where they are long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum What {
    /// A flow began.
    #[serde(rename = "flow.started")]
    FlowStarted {
        /// What people see of it.
        label: String,
        /// What it is for.
        kind: FlowKind,
        /// The repository branch that it builds.
        branch_name: String,
        /// How many runs it began with.
        runs: u32,
    },
    /// Nothing of a flow waits or runs any more. Again after each repetition of a part of it.
    #[serde(rename = "flow.completed")]
    FlowCompleted {
        /// What people see of it.
        label: String,
        /// What it is for.
        kind: FlowKind,
        /// The repository branch that it built.
        branch_name: String,
        /// The worst of its runs' results.
        result: RunResult,
        /// Seconds since the flow began.
        took_s: i64,
    },
    /// The jobs of a run are made, or some of them are repeated.
    #[serde(rename = "run.started")]
    RunStarted {
        /// The stage's name.
        stage: String,
        /// What people see of it.
        label: String,
        /// How many jobs it has been given so far, repetitions among them.
        jobs: u32,
        /// Whether the stage names somebody to be told of it: there is something to do for the notifier.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        notices: bool,
    },
    /// All jobs of a run are over. Again after each repetition of some of them.
    #[serde(rename = "run.completed")]
    RunCompleted {
        /// The stage's name.
        stage: String,
        /// What people see of it.
        label: String,
        /// How it went.
        result: RunResult,
        /// What people should know about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Seconds since it started, or since the last repetition; absent when it never had jobs to start.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        took_s: Option<i64>,
        /// Whether the stage names somebody to be told of it: there is something to do for the notifier.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        notices: bool,
    },
    /// A job is over for good.
    #[serde(rename = "job.completed")]
    JobCompleted {
        /// Its name.
        name: String,
        /// How it ended.
        outcome: Outcome,
        /// Why, where one word is not enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Seconds since its agent took it; absent when none did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        took_s: Option<i64>,
    },
    /// An agent was let in.
    #[serde(rename = "agent.joined")]
    AgentJoined {
        /// Its name.
        name: String,
    },
    /// An agent that was away or disabled, or is new, takes jobs from now on.
    #[serde(rename = "agent.ready")]
    AgentReady {
        /// Its name.
        name: String,
    },
    /// An agent said that it ends.
    #[serde(rename = "agent.left")]
    AgentLeft {
        /// Its name.
        name: String,
    },
    /// Nothing is heard of an agent any more.
    #[serde(rename = "agent.lost")]
    AgentLost {
        /// Its name.
        name: String,
    },
}

impl What {
    /// The name of the kind, by which subscribers choose.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FlowStarted { .. } => "flow.started",
            Self::FlowCompleted { .. } => "flow.completed",
            Self::RunStarted { .. } => "run.started",
            Self::RunCompleted { .. } => "run.completed",
            Self::JobCompleted { .. } => "job.completed",
            Self::AgentJoined { .. } => "agent.joined",
            Self::AgentReady { .. } => "agent.ready",
            Self::AgentLeft { .. } => "agent.left",
            Self::AgentLost { .. } => "agent.lost",
        }
    }
}

impl Event {
    /// The event of `record` that its write with `version` made known.
    pub(super) fn of(record: impl std::fmt::Display, version: u64, time: Timestamp, about: About, what: What) -> Self {
        Self { id: format!("{record}:{}:{version}", what.kind()), time, about, what }
    }
}

/// Bytes of a text in an event: many events of one write share a record.
const TEXT_MAX: usize = 100;

/// A text as events have it: short, and on one line.
pub(super) fn short(text: &str) -> String {
    crate::job::cut(text.replace(char::is_control, " "), TEXT_MAX)
}

/// Whole seconds from `start` to `end`.
pub(super) fn seconds(start: Timestamp, end: Timestamp) -> i64 {
    end.duration_since(start).as_secs()
}
