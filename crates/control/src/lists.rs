//! Lists of flows and jobs: in a bounded number of reads, whatever is in them.

use std::collections::HashMap;

use kraken_domain::{
    BranchId, FlowId, RunId,
    flow::{Flow, FlowKind},
    job::{Job, JobState, Outcome},
    run::{Run, RunCounts, RunState},
};
use kraken_store::{Cursor, Paged};

use crate::{Control, ControlError};

/// A flow as lists show it.
#[derive(Clone, Debug)]
pub struct ListedFlow {
    /// The flow.
    pub flow: Flow,
    /// Its runs, oldest first, with the counts of their jobs, where they were asked for and could be read with the others of the page.
    pub runs: Option<Vec<(Run, RunCounts)>>,
}

/// Jobs that one read brings when only some of them are wanted.
const LOOKED_THROUGH: u32 = 1000;
/// Such reads that one call makes at most.
const READS_MAX: usize = 5;

/// Which jobs of a run are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// States by name; none: all.
    states: Vec<&'static str>,
    /// Outcomes; none: all, and jobs that have none yet.
    outcomes: Vec<Outcome>,
}

/// In a filter: every outcome but `ok`.
const ERROR: &str = "error";

impl JobFilter {
    /// From names, separated by commas.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] that names those that there are.
    pub fn new(states: Option<&str>, outcomes: Option<&str>) -> Result<Self, ControlError> {
        let mut filter = Self::default();
        for name in names(states) {
            let known = JobState::NAMES.into_iter().find(|known| *known == name);
            let wrong = || unknown("/query/state", name, "a job's state", &JobState::NAMES.join(", "));
            filter.states.push(known.ok_or_else(wrong)?);
        }
        for name in names(outcomes) {
            if name == ERROR {
                filter.outcomes.extend(Outcome::ALL.into_iter().filter(|outcome| !outcome.is_ok()));
                continue;
            }
            let known = Outcome::ALL.into_iter().find(|known| known.as_str() == name);
            let all = Outcome::ALL.map(Outcome::as_str).join(", ");
            let wrong = || unknown("/query/outcome", name, "an outcome", &format!("{all}; or {ERROR} for all but ok"));
            filter.outcomes.push(known.ok_or_else(wrong)?);
        }
        Ok(filter)
    }

    fn wants_all(&self) -> bool {
        *self == Self::default()
    }

    fn wants(&self, job: &Job) -> bool {
        (self.states.is_empty() || self.states.contains(&job.state.as_str()))
            && (self.outcomes.is_empty() || job.outcome().is_some_and(|outcome| self.outcomes.contains(&outcome)))
    }
}

fn names(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
}

fn unknown(path: &str, name: &str, what: &str, known: &str) -> ControlError {
    ControlError::invalid(path, format!("{name:?} is not {what}: expected {known}"))
}

impl Control {
    /// The flows of a branch, newest first. With their runs it is two reads more at most for each thousand of runs, however
    /// many flows; two to three thousand runs are read at most, and older flows of the page then come without theirs.
    ///
    /// # Errors
    /// [`ControlError`] for a cursor of another list, or when the table failed.
    pub async fn flows(
        &self,
        branch: BranchId,
        kind: FlowKind,
        limit: u32,
        after: Option<&Cursor>,
        with_runs: bool,
    ) -> Result<Paged<ListedFlow>, ControlError> {
        let flows = self.store.flows(branch, kind, limit, after).await?.map(|flow| flow.value);
        let (true, Some(newest), Some(oldest)) = (with_runs, flows.items.first(), flows.items.last()) else {
            return Ok(flows.map(|flow| ListedFlow { flow, runs: with_runs.then(Vec::new) }));
        };
        let (runs, broken_off) = self.store.runs_between(branch, kind, oldest.id, newest.id).await?;
        let runs: Vec<Run> = runs.into_iter().map(|run| run.value).collect();
        let counts = self.counts(&runs).await?;
        let mut by_flow: HashMap<FlowId, Vec<(Run, RunCounts)>> = HashMap::with_capacity(flows.items.len());
        for (run, counts) in runs.into_iter().zip(counts) {
            by_flow.entry(run.id.flow).or_default().push((run, counts));
        }
        Ok(flows.map(|flow| {
            let known = broken_off.is_none_or(|last| flow.id > last);
            ListedFlow { runs: known.then(|| by_flow.remove(&flow.id).unwrap_or_default()), flow }
        }))
    }

    /// The counts of the jobs of these runs, in their order. Read are those alone that may still change.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn counts(&self, runs: &[Run]) -> Result<Vec<RunCounts>, ControlError> {
        let open: Vec<RunId> = runs.iter().filter(|run| known_counts(run).is_none()).map(|run| run.id).collect();
        let mut read = self.store.counts_of(&open).await?.into_iter();
        Ok(runs.iter().map(|run| known_counts(run).or_else(|| read.next()).unwrap_or_default()).collect())
    }

    /// The jobs of a run, oldest first, of those that are wanted. A page may have fewer than `limit`, even none, and still go on.
    ///
    /// # Errors
    /// [`ControlError`] for a cursor of another list, or when the table failed.
    pub async fn jobs_of(&self, run: RunId, filter: &JobFilter, limit: u32, after: Option<Cursor>) -> Result<Paged<Job>, ControlError> {
        if filter.wants_all() {
            return Ok(self.store.jobs(run, limit, after.as_ref()).await?.map(|job| job.value));
        }
        let (mut items, mut next): (Vec<Job>, _) = (Vec::new(), after);
        for _ in 0..READS_MAX {
            let page = self.store.jobs(run, LOOKED_THROUGH, next.as_ref()).await?;
            next = page.next;
            let mut wanted = page.items.into_iter().map(|job| job.value).filter(|job| filter.wants(job)).peekable();
            while let Some(job) = wanted.next() {
                items.push(job);
                if items.len() >= limit as usize {
                    // What was looked at after the last wanted one is looked at again: it may be wanted by then.
                    let rest = next.is_some() || wanted.peek().is_some();
                    return Ok(Paged { next: items.last().filter(|_| rest).map(Cursor::after), items });
                }
            }
            if next.is_none() {
                break;
            }
        }
        Ok(Paged { items, next })
    }
}

/// The counts of a run that are known without reading them.
fn known_counts(run: &Run) -> Option<RunCounts> {
    match run.state {
        // It has no jobs yet.
        RunState::Manual | RunState::Waiting { .. } => Some(RunCounts::default()),
        RunState::Completed { .. } | RunState::Processed { .. } => run.tally.map(|tally| tally.counts()),
        RunState::Creating | RunState::InProgress { .. } => None,
    }
}

#[cfg(test)]
mod tests;
