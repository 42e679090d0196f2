//! A flow: everything that one start of a branch set in motion.
//!
//! `in_progress → completed`, reopened by a new run. Which child stages start is decided here, from the
//! runs alone, so that asking twice never starts a stage twice.

mod children;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use children::{StageNode, due_children};

use crate::{
    BranchId, FlowId, Moved, ProjectId, StageId,
    change::ChangeBrief,
    retention::Retained,
    run::{Run, RunResult, RunState},
    trigger::TriggerKind,
};

/// What a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// The branch itself; its results make history.
    Ci,
    /// A change on its way into the branch; compared with history.
    Dev,
}

impl FlowKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ci, Self::Dev];

    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ci => "ci",
            Self::Dev => "dev",
        }
    }
}

/// A flow's numbers in its branch; a run's in its stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Among all of them.
    pub shared: u64,
    /// Among those of its flow's kind.
    pub own: u64,
}

/// What started a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum FlowReason {
    /// Somebody, or something, asked for it.
    #[default]
    Person,
    /// A trigger of a stage.
    Trigger {
        /// The stage.
        stage: StageId,
        /// Which of its triggers.
        kind: TriggerKind,
        /// When it was due.
        due: Timestamp,
    },
    /// A git host told of a change.
    Webhook {
        /// Which kind of host: `github`.
        host: String,
        /// Its name for the delivery.
        delivery: String,
    },
}

impl FlowReason {
    /// All names that [`FlowReason::as_str`] gives.
    pub const NAMES: [&str; 6] = ["person", "interval", "date", "cron", "repo", "webhook"];

    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Trigger { kind, .. } => kind.as_str(),
            Self::Webhook { .. } => "webhook",
        }
    }

    /// Whether a trigger of that stage started it.
    pub fn is_of(&self, stage: StageId) -> bool {
        matches!(self, Self::Trigger { stage: of, .. } if *of == stage)
    }
}

/// A flow and all that its life-cycle needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// The project it belongs to (whose roles apply).
    pub project: ProjectId,
    /// The branch it belongs to.
    pub branch: BranchId,
    /// What it is for.
    pub kind: FlowKind,
    /// What people see; `<number>.` unless a stage says otherwise.
    pub label: String,
    /// Its numbers in the branch.
    pub sequence: Sequence,
    /// The repository branch that it builds: the branch's own, or for a change the one it comes from.
    pub branch_name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What started it.
    #[serde(default)]
    pub reason: FlowReason,
    /// Who: the name of the token that was used, or who pushed. `None` where it was nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// The change that it was started with, in a few words; the whole is kept beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeBrief>,
    /// Its arguments.
    #[serde(default)]
    pub args: BTreeMap<String, serde_json::Value>,
    /// How many runs it was given so far; the next run's number is one more.
    pub runs_made: u32,
    /// What retention notes with it.
    #[serde(default, skip_serializing_if = "Retained::is_nothing")]
    pub retention: Retained,
    /// Where in its life it is.
    pub state: FlowState,
}

/// Where in its life a flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FlowState {
    /// Something of it waits or runs.
    InProgress {
        /// Somebody cancelled it: no child stage starts any more.
        #[serde(default)]
        cancelled: bool,
    },
    /// Nothing of it waits or runs.
    Completed {
        /// When.
        completed_at: Timestamp,
        /// Somebody cancelled it.
        #[serde(default)]
        cancelled: bool,
        /// The worst of its runs' results; `None` in what was written before this was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<RunResult>,
    },
}

impl FlowState {
    /// All names that [`FlowState::as_str`] gives.
    pub const NAMES: [&str; 2] = ["in_progress", "completed"];

    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::InProgress { .. } => "in_progress",
            Self::Completed { .. } => "completed",
        }
    }
}

impl Flow {
    /// Whether somebody cancelled it.
    pub fn is_cancelled(&self) -> bool {
        match self.state {
            FlowState::InProgress { cancelled } | FlowState::Completed { cancelled, .. } => cancelled,
        }
    }

    /// The flow after somebody cancelled it, or `None` if that changes nothing.
    pub fn cancel(&self) -> Option<Moved<Flow>> {
        match self.state {
            FlowState::InProgress { cancelled: false } => {
                Some(Moved::quietly(Self { state: FlowState::InProgress { cancelled: true }, ..self.clone() }))
            }
            FlowState::InProgress { cancelled: true } | FlowState::Completed { .. } => None,
        }
    }

    /// The flow with room for `more` runs: reopened, their numbers taken. Somebody who reruns a part of a cancelled
    /// flow wants it again.
    #[must_use]
    pub fn with_runs(&self, more: u32) -> Flow {
        Self { runs_made: self.runs_made + more, state: FlowState::InProgress { cancelled: false }, ..self.clone() }
    }

    /// The flow after a look at all its runs, no child stage being due: completed when none of them is wanted
    /// any more, reopened when one is. `None` if that changes nothing.
    pub fn settle(&self, runs: &[Run], now: Timestamp) -> Option<Flow> {
        let open = runs.iter().any(|run| match run.state {
            RunState::Creating | RunState::Waiting { .. } | RunState::InProgress { .. } | RunState::Manual => true,
            RunState::Completed { .. } | RunState::Processed { .. } => false,
        });
        let cancelled = self.is_cancelled();
        match (self.state, open) {
            (FlowState::InProgress { .. }, false) => {
                let result = Some(worst(runs));
                Some(Self { state: FlowState::Completed { completed_at: now, cancelled, result }, ..self.clone() })
            }
            (FlowState::Completed { .. }, true) => Some(Self { state: FlowState::InProgress { cancelled }, ..self.clone() }),
            (FlowState::InProgress { .. }, true) | (FlowState::Completed { .. }, false) => None,
        }
    }
}

/// The result of a flow with these runs, of those that count: an error is worse than a run that nobody wanted any more.
fn worst(runs: &[Run]) -> RunResult {
    let any = |wanted| runs.iter().any(|run| run.covered_by.is_none() && run.result() == Some(wanted));
    if any(RunResult::Error) {
        RunResult::Error
    } else if any(RunResult::Cancelled) {
        RunResult::Cancelled
    } else {
        RunResult::Ok
    }
}

#[cfg(test)]
mod tests;
