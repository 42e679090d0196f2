//! The state of one step inside its job. What a step *does* stays in the stage's schema; here is only how it went.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Nobody has looked at it yet.
    #[default]
    NotStarted,
    /// Its tool is running.
    InProgress,
    /// Its tool succeeded.
    Done,
    /// Its tool failed, timed out, was missing, or its fields could not be filled in.
    Error,
    /// Its `when` was false, or the job ended before it.
    Skipped,
}

impl StepStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NotStarted, Self::InProgress, Self::Done, Self::Error, Self::Skipped];

    /// The number that stages see as `step.status`.
    pub fn number(self) -> u8 {
        match self {
            Self::NotStarted => 0,
            Self::InProgress => 1,
            Self::Done => 2,
            Self::Error => 3,
            Self::Skipped => 4,
        }
    }

    /// Whether the step will change no more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Error | Self::Skipped)
    }
}

/// One step of a job as it went so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What people see; the tool's name when the stage gives none.
    pub name: String,
    /// The tool, `name` or `name@version`.
    pub tool: String,
    /// How far it has come.
    #[serde(default)]
    pub status: StepStatus,
    /// When its tool was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it became final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// The tool's return code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retcode: Option<i32>,
    /// Why it failed or was skipped, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How often it was tried.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempts: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Step {
    /// A step that nobody has looked at yet.
    pub fn new(name: impl Into<String>, tool: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tool: tool.into(),
            status: StepStatus::NotStarted,
            started_at: None,
            finished_at: None,
            retcode: None,
            message: None,
            attempts: 0,
        }
    }
}
