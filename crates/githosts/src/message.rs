//! What people and programs are told of a run: the same facts, in the form of each channel.
//!
//! Invariants: every text that others wrote (names, messages of commits) is escaped for the channel it goes to, so that it can neither call people nor
//! look like something else; no message exceeds its channel's limits, whatever the facts are.

mod discord;
mod mail;
mod slack;
mod webhook;
mod words;

use serde::{Deserialize, Serialize};

pub use discord::discord;
pub use mail::{Mail, mail};
pub use slack::{SlackTarget, slack};
pub use webhook::{signature, webhook};

use crate::State;

/// What made it worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A run started.
    Start,
    /// A run ended.
    End,
    /// A run ended badly.
    Failure,
    /// A run ended well after one that had not.
    Fixed,
    /// A run has results that were better before.
    Regression,
}

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunResult {
    /// It is not over.
    Running,
    /// Every job went through, and no test fails that did not before.
    Passed,
    /// Every job went through, and tests fail that did not before.
    NewFailures,
    /// Jobs broke.
    JobErrors,
    /// The run itself broke: its stage is invalid, or it took too long.
    Broken,
    /// Somebody stopped it.
    Cancelled,
}

impl RunResult {
    /// The status that the commit gets.
    pub fn state(self) -> State {
        match self {
            Self::Running => State::Pending,
            Self::Passed => State::Success,
            Self::NewFailures | Self::JobErrors => State::Failure,
            Self::Broken | Self::Cancelled => State::Error,
        }
    }
}

/// Counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Jobs.
    pub jobs: u64,
    /// Jobs that did not go through.
    pub jobs_in_error: u64,
    /// Tests with a result.
    pub tests: u64,
    /// Tests that passed.
    pub tests_passed: u64,
    /// Tests that failed.
    pub tests_failed: u64,
    /// Of these, those that did not before.
    pub tests_newly_failed: u64,
    /// Tests that failed before and passed now.
    pub tests_fixed: u64,
    /// Issues found in the code.
    pub issues: u64,
    /// Of these, those that were not there before.
    pub issues_new: u64,
}

/// A change that is in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The commit's name.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Its message; channels show the first line.
    pub message: String,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What is to tell of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunNews {
    /// What made it worth telling.
    pub occasion: Occasion,
    /// How it went.
    pub result: RunResult,
    /// The project's name.
    pub project: String,
    /// The branch's name.
    pub branch: String,
    /// `ci` or `dev`.
    pub flow_kind: String,
    /// The flow's label.
    pub flow: String,
    /// The stage's name.
    pub stage: String,
    /// The run's id.
    pub run_id: String,
    /// The run's label.
    pub run: String,
    /// Why it broke, where there is a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Counts.
    pub counts: Counts,
    /// How long it took, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<u64>,
    /// The changes in it, oldest first.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// The run's page.
    pub url: String,
}

#[cfg(test)]
mod tests;
