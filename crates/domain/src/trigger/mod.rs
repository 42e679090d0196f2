//! What starts stages by the clock: when a trigger is due, whether it still counts, and when it comes next.
//!
//! Invariants: a trigger never moves back; what it missed while nobody looked comes at most once; two that look at the same moment see
//! the same due time, so a start that is keyed by it happens once.

mod cron;
mod git;
mod repo;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use cron::{Cron, InvalidCron};
pub use git::GitSettings;
pub use repo::{CodeProblem, Found, News, Trouble};

use crate::{BranchId, FlowId, ProjectId, StageId};

/// What is later than this is not started any more: nobody waits for it.
pub const LATE_AT_MOST: SignedDuration = SignedDuration::from_hours(1);
/// How often a repository is looked at when its stage does not say.
pub const REPO_EVERY_S: u64 = 300;

/// One trigger of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its stage.
    pub stage: StageId,
    /// The stage's branch.
    pub branch: BranchId,
    /// The stage's project.
    pub project: ProjectId,
    /// When it comes.
    pub rule: Rule,
    /// What its times are counted from: when the stage got it.
    pub since: Timestamp,
    /// When it comes next; `None` when it never does again.
    pub due: Option<Timestamp>,
    /// What became of it the last time.
    #[serde(default)]
    pub last: Option<Firing>,
    /// When its repositories were looked at last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// New commits for which nothing has been started yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// What the last look met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// Which of the triggers of its stage one is: a stage has at most one of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// Again and again.
    Interval,
    /// Once.
    Date,
    /// By a cron rule.
    Cron,
    /// By new commits.
    Repo,
    /// By no run: its code is in a repository, and is looked at there.
    Source,
}

impl TriggerKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Interval, Self::Date, Self::Cron, Self::Repo, Self::Source];

    /// The name that the API and stages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interval => "interval",
            Self::Date => "date",
            Self::Cron => "cron",
            Self::Repo => "repo",
            Self::Source => "source",
        }
    }
}

/// When a trigger comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// Every so many seconds, counted from when the stage got it.
    Interval {
        /// Seconds, at least 1; what comes more often than somebody looks is started once per look.
        every_s: u64,
    },
    /// Once.
    Date {
        /// Then.
        at: Timestamp,
    },
    /// By a cron rule.
    Cron {
        /// The rule.
        rule: String,
        /// IANA name of the time zone.
        zone: String,
    },
    /// Whenever a look at repositories finds something new.
    Repo {
        /// What is looked at.
        repos: Vec<RepoHead>,
        /// Seconds between two looks.
        every_s: u64,
        /// Settings of git for the look.
        #[serde(default)]
        git_cfg: BTreeMap<String, String>,
        /// Name of the secret that looks use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credentials: Option<String>,
    },
    /// The code of the stage is a file of a repository: it is read again when that changes.
    Source {
        /// Where, and the commit that was seen last.
        repo: RepoHead,
        /// Which file.
        file: String,
        /// Seconds between two looks.
        every_s: u64,
        /// Name of the secret that looks use.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credentials: Option<String>,
    },
}

/// A branch of a repository, and its newest commit when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoHead {
    /// Address of the repository.
    pub url: String,
    /// The branch in it.
    pub branch: String,
    /// The commit; `None` before the first look.
    #[serde(default)]
    pub head: Option<String>,
}

/// What became of a due time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// When it was due.
    pub due: Timestamp,
    /// When that was seen.
    pub at: Timestamp,
    /// What was started; `None`: it was too late, or there was nothing new.
    pub flow: Option<FlowId>,
    /// Whether it was too late.
    #[serde(default)]
    pub skipped: bool,
}

/// What a look at a trigger finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Its time has not come.
    Wait,
    /// It starts its stage, once for all the times that were missed: `due` is the newest of them.
    Fire {
        /// The time that it counts for.
        due: Timestamp,
    },
    /// Its time passed too long ago.
    Skip {
        /// The newest time that was missed.
        due: Timestamp,
    },
}

impl Rule {
    /// Which of the triggers of its stage it is.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::Interval { .. } => TriggerKind::Interval,
            Self::Date { .. } => TriggerKind::Date,
            Self::Cron { .. } => TriggerKind::Cron,
            Self::Repo { .. } => TriggerKind::Repo,
            Self::Source { .. } => TriggerKind::Source,
        }
    }

    /// The first time after `after`, of those that are counted from `since`.
    pub fn next_after(&self, since: Timestamp, after: Timestamp) -> Option<Timestamp> {
        self.times()?.next_after(since, after)
    }

    /// The rule as it is asked again and again; `None` if it cannot be read, and so never comes.
    fn times(&self) -> Option<Times> {
        Some(match self {
            Self::Interval { every_s } | Self::Repo { every_s, .. } | Self::Source { every_s, .. } => {
                Times::Every { every_s: i64::try_from((*every_s).max(1)).ok()? }
            }
            Self::Date { at } => Times::Once { at: *at },
            Self::Cron { rule, zone } => Times::Cron { cron: Box::new(Cron::of_stored(rule)?), zone: time_zone(zone)? },
        })
    }
}

/// A rule that was read: reading one takes longer than asking it.
enum Times {
    Every { every_s: i64 },
    Once { at: Timestamp },
    Cron { cron: Box<Cron>, zone: TimeZone },
}

impl Times {
    /// The first time after `after`, of those that are counted from `since`.
    fn next_after(&self, since: Timestamp, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every { every_s } => {
                let passed = after.duration_since(since).as_secs().max(0) / every_s;
                since.checked_add(SignedDuration::from_secs(every_s.checked_mul(passed + 1)?)).ok()
            }
            Self::Once { at } => (*at > after).then_some(*at),
            Self::Cron { cron, zone } => cron.next_after(after, zone),
        }
    }
}

/// The time zone of that IANA name, by the rules that this program brings along: the same wherever it runs.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).ok()
}

impl Trigger {
    /// A trigger that counts from `now`.
    pub fn new(stage: StageId, branch: BranchId, project: ProjectId, rule: Rule, now: Timestamp) -> Self {
        // A repository is looked at right away: what is there then is what later commits are new to.
        let due = if rule.kind() == TriggerKind::Repo { Some(now) } else { rule.next_after(now, now) };
        Self { stage, branch, project, rule, since: now, due, last: None, looked_at: None, found: None, trouble: None }
    }

    /// What there is to do at `now`.
    pub fn look(&self, now: Timestamp) -> Look {
        let Some(first) = self.due.filter(|due| *due <= now) else { return Look::Wait };
        if matches!(self.rule, Rule::Repo { .. } | Rule::Source { .. }) {
            // New commits are new however late somebody looks.
            return Look::Fire { due: first };
        }
        let recent = now.checked_sub(LATE_AT_MOST).unwrap_or(Timestamp::MIN);
        // Within an hour there are few times, so they are walked; what was before does not count any more.
        let mut newest = first;
        let mut from = if first < recent { recent } else { first };
        let times = self.rule.times();
        while let Some(next) = times.as_ref().and_then(|times| times.next_after(self.since, from)).filter(|next| *next <= now) {
            (newest, from) = (next, next);
        }
        if newest < recent { Look::Skip { due: newest } } else { Look::Fire { due: newest } }
    }

    /// The trigger after what was found at `now` has been dealt with; `flow` is what was started.
    #[must_use]
    pub fn after(&self, due: Timestamp, now: Timestamp, flow: Option<FlowId>, skipped: bool) -> Self {
        let next = self.rule.next_after(self.since, now.max(due));
        let rule = self.found.as_ref().map_or_else(|| self.rule.clone(), |found| self.rule.with_heads(&found.heads));
        Self { due: next, rule, found: None, last: Some(Firing { due, at: now, flow, skipped }), ..self.clone() }
    }

    /// The same trigger with a rule that may have changed: one that is the same goes on as it was, and what is known of a repository that
    /// it still looks at stays known, or commits that came meanwhile would start nothing.
    #[must_use]
    pub fn with_rule(&self, rule: Rule, now: Timestamp) -> Self {
        if self.rule.is_same_as(&rule) {
            return self.clone();
        }
        let next = Self { last: self.last.clone(), ..Self::new(self.stage, self.branch, self.project, rule, now) };
        match (&self.rule, &next.rule) {
            (Rule::Repo { .. }, Rule::Repo { .. }) => next.knowing(self),
            _ => next,
        }
    }

    /// A key by which the start for that due time, or for what was found, happens once.
    pub fn once(&self, due: Timestamp) -> String {
        let of = self.found.as_ref().map_or(due, |found| found.at);
        format!("trigger/{}/{}/{}", self.stage, self.rule.kind().as_str(), of.as_millisecond())
    }
}

impl Rule {
    /// Whether both say the same, whatever has been seen of the repositories.
    fn is_same_as(&self, other: &Self) -> bool {
        let unseen = |rule: &Self, repos: &[RepoHead]| {
            rule.with_heads(&repos.iter().map(|repo| RepoHead { head: None, ..repo.clone() }).collect::<Vec<_>>())
        };
        match (self, other) {
            (Self::Repo { repos, .. }, Self::Repo { repos: theirs, .. }) => unseen(self, repos) == unseen(other, theirs),
            (Self::Source { repo, .. }, Self::Source { repo: theirs, .. }) => {
                unseen(self, std::slice::from_ref(repo)) == unseen(other, std::slice::from_ref(theirs))
            }
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests;
