//! A turn: a run started or ended, and somebody is to be told. Written with the run, and gone once its notices are.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    BranchId, ProjectId, RunId, StageId,
    flow::FlowKind,
    job::cut,
    run::{Run, RunResult, RunState},
};

/// Bytes of a note that are kept for those who are told.
const NOTE_MAX: usize = 1000;

/// A run started or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The run.
    pub run: RunId,
    /// Its project.
    pub project: ProjectId,
    /// Its branch.
    pub branch: BranchId,
    /// Its stage.
    pub stage: StageId,
    /// The kind of its flow.
    pub kind: FlowKind,
    /// The run's number in its stage.
    pub sequence: u64,
    /// The version of the run with which it happened.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub happened: Happened,
}

/// What happened to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
pub enum Happened {
    /// Its jobs were made, or some of them repeated.
    Started,
    /// All its jobs are over.
    Ended {
        /// How it went.
        result: RunResult,
        /// What people should know about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Seconds since it started, or since the last repetition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        took_s: Option<i64>,
    },
}

impl Turn {
    /// The turn that a write of a run makes: `before` as it was read, `version` that of `after`. `None`: nobody is to be told, or it
    /// neither starts nor ends with it.
    pub fn of(before: Option<&Run>, after: &Run, version: u64) -> Option<Self> {
        if !after.notices {
            return None;
        }
        let (at, happened) = match &after.state {
            RunState::InProgress { started_at, .. } if !before.is_some_and(|run| matches!(run.state, RunState::InProgress { .. })) => {
                (*started_at, Happened::Started)
            }
            RunState::Completed { started_at, completed_at, result } if !before.is_some_and(Run::is_completed) => {
                let note = after.remark().map(|note| cut(note, NOTE_MAX));
                let took_s = started_at.map(|started_at| completed_at.duration_since(started_at).as_secs());
                (*completed_at, Happened::Ended { result: *result, note, took_s })
            }
            _ => return None,
        };
        Some(Self {
            run: after.id,
            project: after.project,
            branch: after.branch,
            stage: after.stage,
            kind: after.kind,
            sequence: after.sequence,
            version,
            at,
            happened,
        })
    }
}
