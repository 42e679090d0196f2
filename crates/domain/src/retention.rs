//! How long the flows of a branch are kept, and with them their logs and artifacts.
//!
//! Invariants: a flow in progress, the newest flow of a kind and one that somebody keeps by hand never go, nor lose anything; nothing goes
//! sooner than a day after the flow completed. What goes follows from the policy, the flow's record and the time alone, so looking
//! twice, late or elsewhere gives the same.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    BranchId, FlowId, JobId,
    flow::{Flow, FlowKind, FlowState},
};

/// The most days that a policy may name: a hundred years.
pub const DAYS_MAX: u32 = 36_500;
/// The most flows that a policy may name: so many are counted from the newest to find which go.
pub const FLOWS_MAX: u32 = 10_000;

/// Whatever a policy says, what is to be told and indexed of a flow is by then.
const RESTS_S: i64 = DAY_S;
const DAY_S: i64 = 24 * 3600;
/// A changed policy can be changed back for so long before anything follows from it, in seconds.
pub const GRACE_S: i64 = 3600;

/// How long the flows of a branch are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// CI flows.
    #[serde(default = "Keep::ci")]
    pub ci: Keep,
    /// DEV flows.
    #[serde(default = "Keep::dev")]
    pub dev: Keep,
}

/// How long the flows of one kind are kept. A flow is kept that is young enough *or* among the newest; with neither limit all are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Keep {
    /// Days that a flow is kept after it completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// So many of the newest flows are kept, however old they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flows: Option<u32>,
    /// Days after which the logs of a flow go that is itself kept; as long as the flow if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs_days: Option<u32>,
    /// The same of its artifacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts_days: Option<u32>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { ci: Keep::ci(), dev: Keep::dev() }
    }
}

impl Policy {
    /// What holds for flows of that kind.
    pub fn of(&self, kind: FlowKind) -> &Keep {
        match kind {
            FlowKind::Ci => &self.ci,
            FlowKind::Dev => &self.dev,
        }
    }

    /// Everything that is wrong with it: the field as a JSON pointer, and what is wrong there.
    pub fn problems(&self) -> Vec<(String, InvalidKeep)> {
        [("ci", &self.ci), ("dev", &self.dev)]
            .into_iter()
            .flat_map(|(kind, keep)| keep.problems().into_iter().map(move |(field, problem)| (format!("/{kind}/{field}"), problem)))
            .collect()
    }
}

/// A number that a policy cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeep {
    /// Too few or too many days.
    #[error("{0} days: expected 1 to {DAYS_MAX}; leave the field out for no limit")]
    Days(u32),
    /// Too few or too many flows.
    #[error("{0} flows: expected 1 to {FLOWS_MAX}; leave the field out for none by number")]
    Flows(u32),
}

impl Keep {
    /// What holds for the CI flows of a branch of which nobody said otherwise.
    pub fn ci() -> Self {
        Self { days: Some(730), flows: Some(100), logs_days: Some(180), artifacts_days: Some(90) }
    }

    /// The same of its DEV flows.
    pub fn dev() -> Self {
        Self { days: Some(180), flows: Some(20), logs_days: Some(90), artifacts_days: Some(30) }
    }

    fn problems(&self) -> Vec<(&'static str, InvalidKeep)> {
        let days = [("days", self.days), ("logs_days", self.logs_days), ("artifacts_days", self.artifacts_days)];
        let wrong = days.into_iter().filter_map(|(field, days)| Some((field, days.filter(|days| !(1..=DAYS_MAX).contains(days))?)));
        let mut found: Vec<_> = wrong.map(|(field, days)| (field, InvalidKeep::Days(days))).collect();
        found.extend(self.flows.filter(|flows| !(1..=FLOWS_MAX).contains(flows)).map(|flows| ("flows", InvalidKeep::Flows(flows))));
        found
    }

    /// How many of the newest flows it takes to know which go by number: the newest itself at least.
    pub fn counted(&self) -> u32 {
        self.flows.unwrap_or(1).clamp(1, FLOWS_MAX)
    }

    /// Nothing goes of a flow that was made at or after this time; `None`: nothing ever goes.
    pub fn nothing_since(&self, now: Timestamp) -> Option<Timestamp> {
        // By number alone a flow goes as soon as it rested.
        let flow = match (self.days, self.flows) {
            (Some(days), _) => Some(days),
            (None, Some(_)) => Some(1),
            (None, None) => None,
        };
        let shortest = [flow, self.logs_days, self.artifacts_days].into_iter().flatten().min()?;
        Some(before(now, i64::from(shortest) * DAY_S))
    }

    /// What becomes of a flow. `newest`: those of its kind that are kept by number.
    pub fn fate(&self, flow: &Flow, newest: &Newest, now: Timestamp) -> Fate {
        let Some(completed_at) = rested(flow, now) else { return Fate::STAYS };
        if flow.retention.keep || flow.id >= newest.first {
            return Fate::STAYS;
        }
        let past = |days: Option<u32>| days.is_some_and(|days| completed_at <= before(now, i64::from(days) * DAY_S));
        // One that only its number keeps goes as soon as it is not among the newest any more.
        let is_past = if self.days.is_some() { past(self.days) } else { self.flows.is_some() };
        if is_past && flow.id < newest.last {
            return Fate::GOES;
        }
        // What was made in it since it lost them goes in its turn.
        let has = |without: Option<Timestamp>| without.is_none_or(|since| since < completed_at);
        Fate {
            goes: false,
            loses_logs: past(self.logs_days) && has(flow.retention.without_logs_since),
            loses_artifacts: past(self.artifacts_days) && has(flow.retention.without_artifacts_since),
        }
    }

    /// What becomes of the flows of a kind, newest first: those that stay as they are left out.
    pub fn fates<'f>(&self, newest_first: &'f [Flow], now: Timestamp) -> Vec<(&'f Flow, Fate)> {
        let Some(newest) = Newest::of(newest_first.iter().map(|flow| flow.id), self.counted()) else { return Vec::new() };
        let fates = newest_first.iter().map(|flow| (flow, self.fate(flow, &newest, now)));
        fates.filter(|(_, fate)| *fate != Fate::STAYS).collect()
    }
}

/// When a flow completed, if it rested since and nobody has begun to remove it.
fn rested(flow: &Flow, now: Timestamp) -> Option<Timestamp> {
    match flow.state {
        FlowState::Completed { completed_at, .. } if flow.retention.going_since.is_none() => {
            (completed_at <= before(now, RESTS_S)).then_some(completed_at)
        }
        FlowState::Completed { .. } | FlowState::InProgress { .. } => None,
    }
}

/// The newest flows of a kind: ids sort by creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The newest of all, which stays as it is.
    pub first: FlowId,
    /// The oldest of those that are kept by number.
    pub last: FlowId,
}

impl Newest {
    /// The first `counted` of these, which come newest first; `None` if there are none.
    pub fn of(newest_first: impl IntoIterator<Item = FlowId>, counted: u32) -> Option<Self> {
        let mut ids = newest_first.into_iter().take(usize::try_from(counted).unwrap_or(usize::MAX));
        let first = ids.next()?;
        Some(Self { first, last: ids.last().unwrap_or(first) })
    }
}

/// What becomes of a flow whose branch is gone: nobody can ask for it to be kept any more.
pub fn fate_of_gone(flow: &Flow, now: Timestamp) -> Fate {
    if rested(flow, now).is_some() { Fate::GOES } else { Fate::STAYS }
}

fn before(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN)
}

/// What becomes of a flow now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// It goes, with all that belongs to it.
    pub goes: bool,
    /// It stays without the logs of its jobs.
    pub loses_logs: bool,
    /// It stays without the artifacts of its jobs.
    pub loses_artifacts: bool,
}

impl Fate {
    /// Nothing happens.
    pub const STAYS: Self = Self { goes: false, loses_logs: false, loses_artifacts: false };
    /// It goes wholly.
    pub const GOES: Self = Self { goes: true, ..Self::STAYS };
}

/// What retention notes with a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retained {
    /// Somebody keeps it by hand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// Since when it is being removed: nobody sees it any more, nothing happens in it, and it goes when all that is below it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub going_since: Option<Timestamp>,
    /// When its logs were removed: those of jobs that were made later are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_logs_since: Option<Timestamp>,
    /// When its artifacts were removed: those of jobs that were made later are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_artifacts_since: Option<Timestamp>,
}

impl Retained {
    /// Whether there is nothing to note.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What retention notes with a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BranchRetention {
    /// What somebody said; the defaults where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Whether its sweep is noted: not yet of one that an earlier version made.
    pub swept: bool,
}

impl BranchRetention {
    /// That of a branch whose sweep is noted.
    pub const NEW: Self = Self { policy: None, swept: true };

    /// What holds.
    pub fn in_force(&self) -> Policy {
        self.policy.unwrap_or_default()
    }
}

/// When the flows of a branch are looked at, and how far a look has got that did not get through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// The branch, which may be gone already: then all of its flows go.
    pub branch: BranchId,
    /// When it is looked at next.
    pub due: Timestamp,
    /// Since when the branch is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_since: Option<Timestamp>,
    /// Where the look goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<SweepAt>,
}

/// How far a look has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepAt {
    /// Which flows it is at.
    pub kind: FlowKind,
    /// The last flow that it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<FlowId>,
    /// The last job of the next one whose log it is done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
}

impl Sweep {
    /// The first look at a branch: a day from now.
    pub fn first(branch: BranchId, now: Timestamp) -> Self {
        Self { branch, due: after(now, DAY_S), gone_since: None, at: None }
    }

    /// Of a branch whose policy was changed: from the beginning, once that could have been taken back.
    pub fn of_changed(branch: BranchId, now: Timestamp) -> Self {
        Self { branch, due: after(now, GRACE_S), gone_since: None, at: None }
    }

    /// Of a branch that is removed now.
    pub fn of_gone(branch: BranchId, now: Timestamp) -> Self {
        Self { branch, due: after(now, GRACE_S), gone_since: Some(now), at: None }
    }

    /// After a look that got no further than this.
    #[must_use]
    pub fn so_far(&self, at: SweepAt) -> Self {
        Self { at: Some(at), ..self.clone() }
    }

    /// After a look that got through: the next is a day later.
    #[must_use]
    pub fn done(&self, now: Timestamp) -> Self {
        Self { due: after(now, DAY_S), at: None, ..self.clone() }
    }

    /// Whether the branch is gone for so long that nobody can have begun a flow in it any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.gone_since.is_some_and(|since| since <= before(now, DAY_S))
    }
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
