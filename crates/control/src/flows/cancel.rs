//! Cancelling: a job, a run, a flow.
//!
//! The wish is stored with the run before any job is told, so that it reaches every job whatever happens to whoever tells them.

use futures::{StreamExt, TryStreamExt, stream};
use kraken_domain::{
    Effect, FlowId, JobId, RunId,
    job::{JobEvent, JobRefusal, Stop},
    needs::{Ended, Progress},
    run::{Run, RunCounts, RunEvent, RunStop},
};
use kraken_store::{Commit, CommitError, Versioned, WRITES_MAX};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    heap::on_heap,
};

/// Jobs that one page brings.
const PAGE: u32 = 100;
/// Waiting jobs that one commit ends: with 64 KB each they stay within the 4 MB of a transaction.
const PER_COMMIT: usize = 50;
/// Jobs that are told at a time: they meet on the counts of their run only for a moment.
const AT_ONCE: usize = 8;
/// Runs with more jobs are stopped behind the caller's back.
const WHILE_THE_CALLER_WAITS: u32 = 100;

impl Control {
    /// Cancels a job. One that waits is over at once; a running one is stopped by its agent. Over already: nothing happens.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn cancel_job(&self, id: JobId) -> Result<(), ControlError> {
        decide!(self.try_stop(id, &JobEvent::Cancel))
    }

    async fn try_stop(&self, id: JobId, event: &JobEvent) -> Result<(), Attempt> {
        let read = self.job(id).await?;
        match read.on(event.clone(), self.clock.now()) {
            Ok(moved) => self.commit_job(&read, moved, None).await.map(drop),
            Err(JobRefusal::Already { .. }) => Ok(()),
            Err(refusal) => Err(ControlError::from(refusal).into()),
        }
    }

    /// Cancels a run: those of its jobs that are not over. Those of a small run are told before this returns.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn cancel_run(&self, id: RunId) -> Result<(), ControlError> {
        self.run(id).await?;
        let cancelled = decide!(self.try_cancel_runs(&[id]))?;
        self.tell_small(&cancelled).await;
        Ok(())
    }

    /// Cancels a flow: all its runs, in one write; and no child stage starts any more.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn cancel_flow(&self, id: FlowId) -> Result<(), ControlError> {
        decide!(self.try_cancel_flow(id))?;
        let runs: Vec<RunId> = self.store.runs(id).await?.iter().map(|run| run.id).collect();
        for some in runs.chunks(WRITES_MAX) {
            let cancelled = decide!(self.try_cancel_runs(some))?;
            self.tell_small(&cancelled).await;
        }
        Ok(())
    }

    async fn try_cancel_flow(&self, id: FlowId) -> Result<(), Attempt> {
        let read = self.flow(id).await?;
        if let Some(moved) = read.cancel() {
            let mut commit = Commit::new();
            commit.replace(&read, &moved.next)?;
            self.store.commit(commit).await?;
        }
        Ok(())
    }

    /// Notes the wish with each run that is not over. Gives those that it was new for.
    async fn try_cancel_runs(&self, ids: &[RunId]) -> Result<Vec<Run>, Attempt> {
        let now = self.clock.now();
        let (mut commit, mut cancelled, mut effects) = (Commit::new(), Vec::new(), Vec::new());
        for id in ids {
            let Some(read) = self.store.run(*id).await? else { continue };
            if let Ok(moved) = read.on(RunEvent::Cancel, now) {
                commit.replace(&read, &moved.next)?;
                cancelled.push(moved.next);
                effects.extend(moved.effects);
            }
        }
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(cancelled)
    }

    /// Only to be quick: what is not done here is still owed.
    async fn tell_small(&self, runs: &[Run]) {
        for run in runs.iter().filter(|run| run.jobs_made <= WHILE_THE_CALLER_WAITS) {
            if let Err(error) = on_heap(|| self.reconcile_run(run.id)).await {
                tracing::warn!(run.id = %run.id, %error, "a cancelled run could not be looked at; it stays due");
            }
        }
    }

    /// Tells every job of a run that shall stop, then notes that all know. None is added meanwhile: a run is neither made further nor
    /// repeated until then.
    pub(crate) async fn stop_jobs(&self, run: &Versioned<Run>, stop: RunStop) -> Result<(), Attempt> {
        let event = match stop.why {
            Stop::Cancelled => JobEvent::Cancel,
            Stop::TimeUp => JobEvent::RunTimeUp,
        };
        let (mut after, mut made) = (None, 0);
        loop {
            let page = self.store.jobs(run.id, PAGE, after.as_ref()).await?;
            made = page.items.last().map_or(made, |job| job.id.number);
            let meant: Vec<JobId> = page.items.iter().filter(|job| !job.is_completed()).map(|job| job.id).collect();
            let mut alone = Vec::new();
            for some in meant.chunks(PER_COMMIT) {
                alone.extend(self.stop_waiting(run.id, some, &event).await?);
            }
            let told = stream::iter(alone).map(|job| {
                let event = &event;
                async move { decide!(self.try_stop(job, event)) }
            });
            told.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let moved = run.on(RunEvent::Told, self.clock.now()).map_err(ControlError::from)?;
        let mut commit = Commit::new();
        commit.replace(run, &moved.next)?;
        if run.ordered && stop.half_made {
            match self.never_made(&mut commit, run, made).await {
                Ok(()) => {}
                Err(passing) if passing.is_passing() => return Err(passing.into()),
                // Nor can anything of it be repeated then.
                Err(never) => tracing::error!(run.id = %run.id, error = %never, "a run ends without a note of the jobs that will not come"),
            }
        }
        self.store.commit(commit).await?;
        Ok(())
    }

    /// Ends those of the jobs that no agent has, in one write: of ten thousand that wait, each by itself would take minutes. Gives those that
    /// are to be told one by one.
    async fn stop_waiting(&self, run: RunId, ids: &[JobId], event: &JobEvent) -> Result<Vec<JobId>, ControlError> {
        let now = self.clock.now();
        let (mut commit, mut counts, mut over) = (Commit::new(), RunCounts::default(), Vec::new());
        let (mut alone, mut effects) = (Vec::new(), Vec::new());
        for read in self.store.jobs_by_id(ids).await?.into_iter().flatten() {
            let moved = read.on(event.clone(), now).ok().filter(|moved| read.holder().is_none() && moved.next.is_completed());
            let Some(moved) = moved else {
                alone.push(read.id);
                continue;
            };
            counts = counts.plus(RunCounts::change(Some(&read.value), &moved.next));
            over.extend(Ended::of(Some(&read.value), &moved.next).into_iter().flat_map(|ended| ended.jobs));
            commit.replace(&read, &moved.next)?;
            // Whoever looks at the run goes on with it.
            effects.extend(moved.effects.into_iter().filter(|effect| *effect != Effect::WakeRun(run)));
        }
        if commit.is_empty() {
            return Ok(alone);
        }
        if !over.is_empty() {
            commit.overwrite(&Ended { run, jobs: over })?;
        }
        commit.add_counts(run, counts, now);
        match self.store.commit(commit).await {
            Ok(()) => {}
            // An agent took one of them meanwhile.
            Err(CommitError::Refused(_)) => return Ok(ids.to_vec()),
            Err(CommitError::Store(error)) => return Err(error.into()),
        }
        self.perform(effects).await;
        Ok(alone)
    }

    /// Notes that the jobs of a run after number `made` will not come: what needs them cannot be repeated.
    async fn never_made(&self, commit: &mut Commit, run: &Run, made: u32) -> Result<(), ControlError> {
        match self.store.needs(run.id).await? {
            Some(read) => commit.replace(&read, &read.half_made(made))?,
            None => {
                let graph = self.graph(run).await?;
                commit.create(&Progress::begin(run.id, &graph).half_made(made))?
            }
        };
        Ok(())
    }
}
