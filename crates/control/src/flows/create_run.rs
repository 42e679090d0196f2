//! Finishing the creation of a run that was only noted: a child stage, a large one, or one whose creator died half-way.

use kraken_domain::{
    Effect, RunId,
    job::Job,
    run::{Run, RunCounts, RunEvent, RunState},
};
use kraken_store::{Commit, CommitError, Versioned, WRITES_MAX};

use super::{context::RunContext, prepare::PreparedRun};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Writes of a run's last commit besides its jobs: the run, its counts, and room for the flow.
const BESIDES: usize = 3;

impl Control {
    /// Brings a run out of `creating`. Repeated, it goes on where it was left: jobs have the numbers of their plan, so none is made twice.
    pub(crate) async fn create_run(&self, id: RunId) -> Result<(), ControlError> {
        decide!(self.try_create_run(id))
    }

    async fn try_create_run(&self, id: RunId) -> Result<(), Attempt> {
        let read = self.run(id).await?;
        if read.state != RunState::Creating {
            return Ok(());
        }
        let now = self.clock.now();
        let (flow, branch, project, stage) = tokio::try_join!(
            self.store.flow(id.flow),
            self.store.branch(read.branch),
            self.store.project(read.project),
            self.store.stage(read.branch, read.stage),
        )
        .map_err(ControlError::from)?;
        let (Some(flow), Some(branch), Some(project), Some(stage)) = (flow, branch, project, stage) else {
            let note = "the stage, its branch or its project was deleted before the run began".to_owned();
            let moved = read.on(RunEvent::Invalid { note }, now).map_err(ControlError::from)?;
            return self.commit_run(&read, moved.next, moved.effects).await;
        };
        if stage.manual && read.reason != kraken_domain::run::RunReason::Person {
            let moved = read.on(RunEvent::Hold, now).map_err(ControlError::from)?;
            return self.commit_run(&read, moved.next, moved.effects).await;
        }
        let code = self.code(&stage.code_sha256).await?;
        let context = RunContext {
            project: project.value,
            branch: branch.value,
            stage: Some(stage.value),
            flow: flow.value,
            run: read.value.clone(),
        };
        let prepared = self.prepare_run(context, &code).await?;
        self.commit_created(&read, prepared).await
    }

    async fn commit_run(&self, read: &Versioned<Run>, next: Run, effects: Vec<Effect>) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        commit.replace(read, &next)?;
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(())
    }

    /// Jobs first, in as many commits as they need, then the run with the last of them.
    async fn commit_created(&self, read: &Versioned<Run>, prepared: PreparedRun) -> Result<(), Attempt> {
        let PreparedRun { run, jobs, .. } = prepared;
        self.open_lanes(jobs.iter().map(|job| job.place.lane())).await?;
        let mut rest: &[Job] = &jobs;
        while rest.len() + BESIDES > WRITES_MAX {
            let (now, later) = rest.split_at(WRITES_MAX - BESIDES);
            self.create_jobs(run.id, now).await?;
            rest = later;
        }
        let mut commit = Commit::new();
        commit.replace(read, &run)?;
        add_jobs(&mut commit, run.id, rest, self.clock.now())?;
        self.store.commit(commit).await?;
        self.perform([Effect::WakeScheduler, Effect::WakeRun(run.id)]).await;
        Ok(())
    }

    async fn create_jobs(&self, run: RunId, jobs: &[Job]) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        add_jobs(&mut commit, run, jobs, self.clock.now())?;
        match self.store.commit(commit).await {
            // A commit is whole: one of its jobs being there means that all are, from an attempt that died.
            Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
            Err(CommitError::Store(error)) => Err(ControlError::from(error).into()),
        }
    }
}

/// Adds new jobs and their counts to a commit.
pub(super) fn add_jobs(commit: &mut Commit, run: RunId, jobs: &[Job], now: kraken_domain::Timestamp) -> Result<(), ControlError> {
    let mut counts = RunCounts::default();
    for job in jobs {
        commit.create(job)?;
        counts = counts.plus(RunCounts::change(None, job));
    }
    commit.add_counts(run, counts, now);
    Ok(())
}
