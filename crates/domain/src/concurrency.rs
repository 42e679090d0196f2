//! Runs that supersede each other: at most one run of a group is in progress.
//!
//! One record for each group says which run is in progress and which one waits for its turn. A run enters its group in the commit that lets
//! its jobs go, so of two that start at the same moment the second decides on what the first one left. The newer one always wins, whoever
//! comes first.
//!
//! Invariant: a member that is over counts as gone. So nobody has to leave, but whoever ends must let on the one that waits.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ProjectId, RunId};

/// A run in a group. The greater one is the newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// When it was made, or repeated the last time.
    pub since: Timestamp,
    /// Its number among the runs of its stage: tells those of one moment apart.
    pub sequence: u64,
    /// The run.
    pub run: RunId,
}

/// Which runs of a group there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its project: names are told apart within it.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// The run in progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Member>,
    /// The run that waits for its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Member>,
    /// When somebody last entered.
    pub entered_at: Timestamp,
}

/// What a run has to do with a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The group's name.
    pub group: String,
    /// Whether it cancels the older run of the group that is in progress; else it waits for it.
    pub cancel_in_progress: bool,
    /// The newer run that it was cancelled for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<RunId>,
}

/// What becomes of a run that enters its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It starts, after these older ones were cancelled.
    Start {
        /// At most two.
        cancel: Vec<RunId>,
    },
    /// It waits for `behind`, after the one that waited until now was cancelled.
    Wait {
        /// The run in progress.
        behind: RunId,
        /// The run that waited.
        cancel: Option<RunId>,
    },
    /// There is a newer one: it is cancelled itself.
    Superseded {
        /// That one.
        by: RunId,
    },
}

impl Group {
    /// A group that nobody has entered.
    pub fn new(project: ProjectId, name: String) -> Self {
        Self { project, name, current: None, pending: None, entered_at: Timestamp::UNIX_EPOCH }
    }

    /// The runs that it names.
    pub fn members(&self) -> impl Iterator<Item = RunId> {
        self.current.into_iter().chain(self.pending).map(|member| member.run)
    }

    /// What becomes of `new`, and the group with it. `is_over` tells of its other members. Asked twice, the answer is the same.
    #[must_use]
    pub fn enter(&self, new: Member, cancel_in_progress: bool, now: Timestamp, is_over: impl Fn(RunId) -> bool) -> (Group, Entry) {
        let other = |member: &Member| member.run != new.run && !is_over(member.run);
        let (current, pending) = (self.current.filter(other), self.pending.filter(other));
        let newer = current.into_iter().chain(pending).filter(|member| *member > new).max();
        // Whose turn it was said to be keeps it, whoever waits behind it.
        let has_turn = self.current.is_some_and(|member| member.run == new.run);
        if has_turn {
            let next = Group { current: Some(new), pending, entered_at: now, ..self.clone() };
            return (next, Entry::Start { cancel: Vec::new() });
        }
        if let Some(newer) = newer {
            return (self.clone(), Entry::Superseded { by: newer.run });
        }
        match current {
            Some(current) if !cancel_in_progress => {
                let next = Group { current: Some(current), pending: Some(new), entered_at: now, ..self.clone() };
                (next, Entry::Wait { behind: current.run, cancel: pending.map(|member| member.run) })
            }
            _ => {
                let next = Group { current: Some(new), pending: None, entered_at: now, ..self.clone() };
                (next, Entry::Start { cancel: current.into_iter().chain(pending).map(|member| member.run).collect() })
            }
        }
    }

    /// The group after `run` is over, and the run whose turn it is now; `None` if that changes nothing.
    #[must_use]
    pub fn leave(&self, run: RunId, is_over: impl Fn(RunId) -> bool) -> Option<(Group, Option<RunId>)> {
        let is_it = |member: &Member| member.run == run;
        let pending = self.pending.filter(|member| !is_it(member) && !is_over(member.run));
        if self.current.as_ref().is_some_and(is_it) {
            let next = Group { current: pending, pending: None, ..self.clone() };
            return Some((next, pending.map(|member| member.run)));
        }
        self.pending.as_ref().is_some_and(is_it).then(|| (Group { pending: None, ..self.clone() }, None))
    }
}

#[cfg(test)]
mod tests;
