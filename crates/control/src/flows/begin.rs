//! The first commit of a flow.

use kraken_domain::{Effect, flow::Flow, job::Job, run::Run};
use kraken_store::{Commit, FlowChanges, Guard, NextNumbers, WRITES_MAX};

use super::{create_run::add_jobs, prepare::PreparedRun};
use crate::{Control, again::Attempt};

/// Writes of a flow's first commit besides runs and jobs: the flow, its changes, its guard, its numbers.
const BESIDES: usize = 4;

/// A flow with its runs, as far as they could be prepared.
pub(super) struct Begun<'f> {
    pub(super) flow: &'f Flow,
    pub(super) runs: &'f [Run],
    /// What it was started with, if that is anything.
    pub(super) changes: Option<FlowChanges>,
    pub(super) prepared: Vec<Option<PreparedRun>>,
    pub(super) guard: Option<Guard>,
    /// The numbers that the commit takes; `None`: they are taken already.
    pub(super) next: Option<NextNumbers>,
}

impl Control {
    /// One commit when all fits into it; else the flow and its runs as `creating`, which the reconciler goes on with.
    pub(super) async fn commit_flow(&self, begun: Begun<'_>) -> Result<Vec<Run>, Attempt> {
        let Begun { flow, runs, changes, mut prepared, guard, next } = begun;
        // Those that are in a group enter it one by one, as they begin.
        for prepared in &mut prepared {
            if prepared.as_ref().is_some_and(|made| made.run.concurrency.is_some() && !made.run.is_completed()) {
                *prepared = None;
            }
        }
        let writes: usize = BESIDES + prepared.iter().map(|run| 2 + run.as_ref().map_or(0, PreparedRun::writes)).sum::<usize>();
        if writes > WRITES_MAX {
            prepared.iter_mut().for_each(|run| *run = None);
        }
        let mut commit = Commit::new();
        commit.create(flow)?;
        if let Some(changes) = &changes {
            commit.create(changes)?;
        }
        if let Some(guard) = &guard {
            commit.create(guard)?;
        }
        let mut jobs: Vec<&mut Job> = prepared.iter_mut().flatten().flat_map(|run| run.jobs.iter_mut()).collect();
        self.open_lanes(jobs.iter().map(|job| job.place.lane())).await?;
        let mut effects = Vec::new();
        if let Some(next) = &next {
            commit.take_numbers(next);
            let promises = self.promise(&mut jobs, WRITES_MAX.saturating_sub(writes), flow.created_at).await;
            promises.write(&mut commit)?;
            effects = promises.effects(jobs.iter().map(|job| &**job));
        } else if !jobs.is_empty() {
            effects.push(Effect::WakeScheduler);
        }
        let mut made = Vec::with_capacity(runs.len());
        for (run, prepared) in runs.iter().zip(prepared) {
            match prepared {
                Some(PreparedRun { run, jobs, .. }) => {
                    commit.create(&run)?;
                    add_jobs(&mut commit, run.id, &jobs, flow.created_at)?;
                    if run.is_completed() || jobs.iter().any(Job::is_completed) {
                        effects.push(Effect::WakeRun(run.id));
                    }
                    made.push(run);
                }
                None => {
                    commit.create(run)?;
                    effects.push(Effect::WakeRun(run.id));
                    made.push(run.clone());
                }
            }
        }
        // Whoever is to be told of it wants to know at once.
        if let Some(first) = made.first()
            && (self.settings.tell_starts || made.iter().any(|run| run.notices))
        {
            effects.push(Effect::WakeRun(first.id));
        }
        self.store.commit(commit).await?;
        tracing::debug!(flow.id = %flow.id, runs = made.len(), "a flow began");
        self.perform(effects).await;
        Ok(made)
    }
}
