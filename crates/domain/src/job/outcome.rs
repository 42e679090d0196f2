//! How a job ended.

use serde::{Deserialize, Serialize};

/// How a job ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step succeeded or was skipped.
    Ok,
    /// A step failed.
    StepError,
    /// The job's time was up.
    JobTimeout,
    /// A step's time was up.
    StepTimeout,
    /// The executor could not be prepared, or broke.
    ExecutorError,
    /// The agent has no such tool, or the tool lacks its program.
    ToolMissing,
    /// The job names an agents group that does not exist.
    AgentsGroupMissing,
    /// Somebody cancelled it.
    Cancelled,
    /// Its agent vanished, and it may not or could not be run again.
    AgentLost,
    /// Its description could not be understood.
    SchemaError,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Ok,
        Self::StepError,
        Self::JobTimeout,
        Self::StepTimeout,
        Self::ExecutorError,
        Self::ToolMissing,
        Self::AgentsGroupMissing,
        Self::Cancelled,
        Self::AgentLost,
        Self::SchemaError,
    ];

    /// Whether the job did what it should. Everything else counts as a job in error.
    pub fn is_ok(self) -> bool {
        self == Self::Ok
    }

    /// The name that the API and the store use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::StepError => "step_error",
            Self::JobTimeout => "job_timeout",
            Self::StepTimeout => "step_timeout",
            Self::ExecutorError => "executor_error",
            Self::ToolMissing => "tool_missing",
            Self::AgentsGroupMissing => "agents_group_missing",
            Self::Cancelled => "cancelled",
            Self::AgentLost => "agent_lost",
            Self::SchemaError => "schema_error",
        }
    }
}

/// How a job ended, and why in words where one word isn't enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// In one word.
    pub outcome: Outcome,
    /// In a sentence, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Verdict {
    /// An outcome that needs no words.
    pub fn plain(outcome: Outcome) -> Self {
        Self { outcome, message: None }
    }

    /// An outcome and why.
    pub fn because(outcome: Outcome, message: impl Into<String>) -> Self {
        Self { outcome, message: Some(message.into()) }
    }
}
