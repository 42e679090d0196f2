//! A branch that moves to another project: how far its history has followed it.
//!
//! The branch and its stages change hands at one moment; flows, runs and jobs say for themselves whose they are, and are written anew after
//! that, newest first. Invariant: a note of the move is there until all of them are, and none of them is written before the branch. What is
//! of another project than the branch's is wrong, wherever it came from, so a branch may move on while its history is still on the way.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{BranchId, FlowId, JobId, ProjectId, flow::FlowKind};

/// Whoever read the branch before it moved, and starts something in it, has done so after so many seconds: no function lives for longer.
const STARTS_WITHIN_S: i64 = 15 * 60;
/// A flow that was begun before the move, or by a clock that is behind, was made no longer before it than this, in seconds.
const MADE_BEFORE_S: i64 = 3600;

/// A branch on its way to another project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The branch.
    pub branch: BranchId,
    /// The project that it was in.
    pub from: ProjectId,
    /// The one that it is in now.
    pub to: ProjectId,
    /// Since when.
    pub moved_at: Timestamp,
    /// When its history is gone on with.
    pub due: Timestamp,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<MoveAt>,
    /// All of the history followed; what started at the very moment of the move is still looked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub followed: bool,
}

/// How far a look at the history of a branch has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveAt {
    /// Which flows it is at.
    pub kind: FlowKind,
    /// The oldest flow that it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<FlowId>,
    /// The last job that it is done with of the next older flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
}

impl MoveAt {
    /// At the newest flow of a kind.
    pub fn newest(kind: FlowKind) -> Self {
        Self { kind, before: None, job: None }
    }
}

impl Move {
    /// A move that happens now.
    pub fn new(branch: BranchId, from: ProjectId, to: ProjectId, now: Timestamp) -> Self {
        Self { branch, from, to, moved_at: now, due: now, at: None, followed: false }
    }

    /// Whether a look at the history reaches a flow that was made then. It goes from the newest flow on, so it ends at the first that it does not.
    pub fn reaches(&self, made_at: Timestamp) -> bool {
        !self.followed || made_at >= after(self.moved_at, -MADE_BEFORE_S)
    }

    /// After a look that got no further than this.
    #[must_use]
    pub fn so_far(&self, at: MoveAt) -> Self {
        Self { at: Some(at), ..self.clone() }
    }

    /// After a look that got through: once more, when nothing can come any more that was begun before the move. `None`: that was it.
    #[must_use]
    pub fn through(&self) -> Option<Self> {
        let again = Self { due: after(self.moved_at, STARTS_WITHIN_S), at: None, followed: true, ..self.clone() };
        (!self.followed).then_some(again)
    }
}

fn after(time: Timestamp, seconds: i64) -> Timestamp {
    let end = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(end)
}

#[cfg(test)]
mod tests;
