//! Notices: what people and other programs are to be told of a run, each by one channel.
//!
//! A run whose stage names somebody to tell leaves a [`Turn`] in the very write that starts or ends it. From the turn and the stage follow the
//! notices that are owed ([`owed`]), one for each channel. A notice is owed until somebody answered for good: `owed → sent`, `refused`,
//! `given up` or `overtaken`.
//!
//! Invariants: the same turn gives the same notices with the same keys, however often it is looked at. A notice that is settled never
//! changes again. Only who began an attempt makes it, and an attempt of which nothing is heard may be made again after
//! [`ATTEMPT_S`]; so a notice may arrive twice, always under its key.

mod attempt;
mod channel;
mod owed;
mod turn;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use attempt::{ATTEMPT_S, Answer, NOTICE_TRIED_FOR_S, NoticeRefusal, patience_s};
pub use channel::{Channel, Occasion};
pub use owed::{LastEnd, Wanted, owed};
pub use turn::{Happened, Turn};

use crate::{BranchId, ProjectId, RunId};

/// Something that one channel is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The run it is about.
    pub run: RunId,
    /// The run's project.
    pub project: ProjectId,
    /// The run's branch.
    pub branch: BranchId,
    /// The version of the run with which it came about: later ones have higher ones.
    pub turn: u64,
    /// Who is told.
    pub channel: Channel,
    /// Why.
    pub occasion: Occasion,
    /// What happened, as it was then.
    pub happened: Happened,
    /// When that was.
    pub at: Timestamp,
    /// How far it got.
    pub state: NoticeState,
}

/// How far a notice got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NoticeState {
    /// Somebody has to send it.
    Owed {
        /// Attempts that were begun.
        attempts: u32,
        /// When the next one is due. While one is being made: when nobody hopes for its answer any more.
        next_at: Timestamp,
        /// Whether one is being made.
        #[serde(default)]
        under_way: bool,
        /// What came of the last one that was answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// The far side has it.
    Sent {
        /// Since when.
        at: Timestamp,
        /// Attempts that it took.
        attempts: u32,
        /// What the far side said.
        answer: String,
    },
    /// The far side will never take it, or it can never be sent.
    Refused {
        /// Since when.
        at: Timestamp,
        /// Attempts that were begun.
        attempts: u32,
        /// Why, and what would help.
        answer: String,
    },
    /// It could not be sent for so long that nobody wants it any more.
    GivenUp {
        /// Since when.
        at: Timestamp,
        /// Attempts that were begun.
        attempts: u32,
        /// What came of the last one.
        answer: String,
    },
    /// A newer one says what matters.
    Overtaken {
        /// Since when.
        at: Timestamp,
        /// Attempts that were begun.
        attempts: u32,
    },
}

impl NoticeState {
    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Owed { .. } => "owed",
            Self::Sent { .. } => "sent",
            Self::Refused { .. } => "refused",
            Self::GivenUp { .. } => "given_up",
            Self::Overtaken { .. } => "overtaken",
        }
    }
}

impl Notice {
    /// The same each time that it is sent, and no other notice's: what receivers know it by.
    pub fn key(&self) -> String {
        format!("{}:{}:{}", self.run, self.turn, self.channel.as_str())
    }

    /// When somebody must look at it, unless it is settled.
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            NoticeState::Owed { next_at, .. } => Some(next_at),
            NoticeState::Sent { .. } | NoticeState::Refused { .. } | NoticeState::GivenUp { .. } | NoticeState::Overtaken { .. } => None,
        }
    }

    /// How many attempts were begun.
    pub fn attempts(&self) -> u32 {
        match self.state {
            NoticeState::Owed { attempts, .. }
            | NoticeState::Sent { attempts, .. }
            | NoticeState::Refused { attempts, .. }
            | NoticeState::GivenUp { attempts, .. }
            | NoticeState::Overtaken { attempts, .. } => attempts,
        }
    }

    /// What was last answered, if anything was.
    pub fn answer(&self) -> Option<&str> {
        match &self.state {
            NoticeState::Owed { answer, .. } => answer.as_deref(),
            NoticeState::Sent { answer, .. } | NoticeState::Refused { answer, .. } | NoticeState::GivenUp { answer, .. } => Some(answer),
            NoticeState::Overtaken { .. } => None,
        }
    }

    /// When it was settled.
    pub fn settled_at(&self) -> Option<Timestamp> {
        match self.state {
            NoticeState::Owed { .. } => None,
            NoticeState::Sent { at, .. }
            | NoticeState::Refused { at, .. }
            | NoticeState::GivenUp { at, .. }
            | NoticeState::Overtaken { at, .. } => Some(at),
        }
    }
}

#[cfg(test)]
mod tests;
