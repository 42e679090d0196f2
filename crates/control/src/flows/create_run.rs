//! Finishing the creation of a run that was only noted: a child stage, a large one, or one whose creator died half-way.

use std::{collections::HashSet, sync::OnceLock};

use kraken_domain::{
    Effect, FlowId, JobId, RunId,
    concurrency::Entry,
    job::Job,
    needs::Ended,
    record::{Branch, Stage},
    run::{Run, RunCounts, RunEvent, RunState},
};
use kraken_store::{Commit, CommitError, Entity, Versioned, WRITES_MAX};

use super::{
    context::RunContext,
    prepare::PreparedRun,
    seen_data::{SeenData, code_speaks_of_data},
};
use crate::{
    Control, ControlError, Spec,
    again::{Attempt, decide},
    reconcile::Entered,
};

/// Writes of a run's last commit besides its jobs: the run, its counts, and room for the flow.
const BESIDES: usize = 3;
/// With a note of jobs that were over at once, and the group.
pub(super) const BESIDES_MAX: usize = BESIDES + 2;

/// The run with the commit that its stage's code is of, and why it is not the newest.
pub(super) fn of_source(run: Run, stage: &Stage, stale: Option<String>) -> Run {
    Run { source_commit: stage.source.as_ref().map(|source| source.commit.clone()), note: stale.or_else(|| run.note.clone()), ..run }
}

impl Control {
    /// Brings a run out of `creating`. Repeated, it goes on where it was left: jobs have the numbers of their plan, so none is made twice.
    pub(crate) async fn create_run(&self, id: RunId) -> Result<(), ControlError> {
        let looked = OnceLock::new();
        decide!(self.try_create_run(id, &looked))
    }

    /// `looked` is what the look at its stage's source has met: however often it is decided, there is one.
    async fn try_create_run(&self, id: RunId, looked: &OnceLock<Option<String>>) -> Result<(), Attempt> {
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
        // One that has begun to make its jobs has been started.
        if stage.manual && read.spec.is_none() && read.reason != kraken_domain::run::RunReason::Person {
            let moved = read.on(RunEvent::Hold, now).map_err(ControlError::from)?;
            return self.commit_run(&read, moved.next, moved.effects).await;
        }
        let (stage, stale) = match (&read.spec, looked.get()) {
            (None, None) => {
                let (stage, stale) = self.fresh_for_run(stage.value, Self::looks_for_runs_end()).await;
                (stage, looked.get_or_init(|| stale).clone())
            }
            (None, Some(stale)) => (stage.value, stale.clone()),
            (Some(_), _) => (stage.value, None),
        };
        let code = self.code(&stage.code_sha256).await?;
        let change = self.change_of(&flow).await?;
        let data = match &read.spec {
            Some(spec) => {
                let begun = self.spec(&spec.sha256).await?;
                self.data_of_begun(&begun, &branch, flow.id).await?
            }
            None => self.seen_data(code_speaks_of_data(&code), &branch, Some(flow.id)).await?,
        };
        let context = RunContext {
            project: project.value,
            branch: branch.value,
            run: of_source(read.value.clone(), &stage, stale),
            stage: Some(stage),
            flow: flow.value,
            change,
            data,
        };
        let prepared = self.prepare_run(context, &code).await?;
        // What has begun has entered its group, and what is over already needs none.
        if read.spec.is_some() || prepared.run.is_completed() {
            return self.commit_created(&read, prepared, None).await;
        }
        let Some(entered) = self.enter_group(&prepared.run, read.wanted_at(), true).await? else {
            return self.commit_created(&read, prepared, None).await;
        };
        let waits = Run { concurrency: prepared.run.concurrency.clone(), ..read.value.clone() };
        let moved = match entered.entry {
            Entry::Start { .. } => return self.commit_created(&read, prepared, Some(entered)).await,
            Entry::Wait { behind, .. } => waits.on(RunEvent::Wait { behind }, now),
            Entry::Superseded { by } => waits.on(RunEvent::Supersede { by }, now),
        };
        let moved = moved.map_err(ControlError::from)?;
        let mut commit = Commit::new();
        commit.replace(&read, &moved.next)?;
        if matches!(entered.entry, Entry::Wait { .. }) {
            entered.write(&mut commit)?;
        }
        self.store.commit(commit).await?;
        self.perform(moved.effects).await;
        Ok(())
    }

    /// The user data that a large run goes on with: those that it began with, whatever became of them since.
    async fn data_of_begun(&self, begun: &Spec, branch: &Branch, flow: FlowId) -> Result<SeenData, ControlError> {
        match &begun.data {
            Some(data) => Ok(data.clone()),
            // Its code does not look, or it began before they were kept with it.
            None => self.seen_data(code_speaks_of_data(&begun.code), branch, Some(flow)).await,
        }
    }

    async fn commit_run(&self, read: &Versioned<Run>, next: Run, effects: Vec<Effect>) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        commit.replace(read, &next)?;
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(())
    }

    /// Jobs first, in as many commits as they need, then the run with the last of them.
    async fn commit_created(&self, read: &Versioned<Run>, prepared: PreparedRun, entered: Option<Entered>) -> Result<(), Attempt> {
        let PreparedRun { run, mut jobs, .. } = prepared;
        let now = self.clock.now();
        // A note of jobs that were over at once, and the group.
        let besides = BESIDES + usize::from(run.ordered) + usize::from(entered.is_some());
        if jobs.len() + besides > WRITES_MAX && read.spec.is_none() {
            return self.commit_begun(read, run, entered).await;
        }
        self.open_lanes(jobs.iter().map(|job| job.place.lane())).await?;
        let mut rest: &mut [Job] = &mut jobs;
        while rest.len() + besides > WRITES_MAX {
            let (first, later) = rest.split_at_mut(WRITES_MAX - besides);
            self.create_jobs(read, first).await?;
            rest = later;
        }
        let there = if read.spec.is_some() { self.made_already(rest).await? } else { HashSet::new() };
        let mut rest: Vec<&mut Job> = rest.iter_mut().filter(|job| !there.contains(&job.id)).collect();
        let room = WRITES_MAX - besides - rest.len();
        let promises = self.promise(&mut rest, room, now).await;
        let mut commit = Commit::new();
        commit.replace(read, &run)?;
        add_jobs(&mut commit, run.id, rest.iter().map(|job| &**job), now)?;
        if let Some(entered) = &entered {
            entered.write(&mut commit)?;
        }
        promises.write(&mut commit)?;
        self.store.commit(commit).await?;
        let mut effects = promises.effects(&jobs);
        // Of one that was made in pieces, some may have ended before the last was made.
        let made_in_pieces = run.ordered && read.spec.is_some();
        if made_in_pieces || run.is_completed() || jobs.iter().any(Job::is_completed) {
            effects.push(Effect::WakeRun(run.id));
        }
        self.perform(effects).await;
        Ok(())
    }

    /// Notes what a large run begins with, before its first job: its jobs may be claimed while others are still made, and
    /// whoever goes on after a death must make the same ones. The run stays `creating`, which is looked at again.
    async fn commit_begun(&self, read: &Versioned<Run>, prepared: Run, entered: Option<Entered>) -> Result<(), Attempt> {
        let begun = Run { state: RunState::Creating, ..prepared };
        let mut commit = Commit::new();
        commit.replace(read, &begun)?;
        if let Some(entered) = &entered {
            entered.write(&mut commit)?;
        }
        self.store.commit(commit).await?;
        self.perform([Effect::WakeRun(read.id)]).await;
        Ok(())
    }

    /// Makes some of the jobs, if the run is still as it was read: not cancelled, not created by somebody else.
    async fn create_jobs(&self, read: &Versioned<Run>, jobs: &[Job]) -> Result<(), Attempt> {
        let mut missing: Vec<&Job> = jobs.iter().collect();
        while !missing.is_empty() {
            let mut commit = Commit::new();
            commit.require(read);
            add_jobs(&mut commit, read.id, missing.iter().copied(), self.clock.now())?;
            match self.store.commit(commit).await {
                Ok(()) => return Ok(()),
                Err(refused) if refused.refused(&read.value.key()) => return Err(Attempt::Refused(refused)),
                // An attempt that died left some of them: not always all, as another version may have made other pieces.
                Err(CommitError::Refused(keys)) => {
                    let there = self.made_already(jobs).await?;
                    let before = missing.len();
                    missing.retain(|job| !there.contains(&job.id));
                    if missing.len() == before {
                        return Err(Attempt::Refused(CommitError::Refused(keys)));
                    }
                }
                Err(CommitError::Store(error)) => return Err(ControlError::from(error).into()),
            }
        }
        Ok(())
    }

    /// Those of the jobs that are there.
    async fn made_already(&self, jobs: &[Job]) -> Result<HashSet<JobId>, ControlError> {
        let ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
        Ok(self.store.jobs_by_id(&ids).await?.into_iter().flatten().map(|job| job.id).collect())
    }

    /// Ends a run that can never be created, with the reason: better than trying for ever.
    pub(crate) async fn give_up_run(&self, id: RunId, why: &ControlError) -> Result<(), ControlError> {
        decide!(self.try_give_up_run(id, why))
    }

    async fn try_give_up_run(&self, id: RunId, why: &ControlError) -> Result<(), Attempt> {
        let read = self.run(id).await?;
        let moved = read.on(RunEvent::Invalid { note: why.plainly() }, self.clock.now()).map_err(ControlError::from)?;
        self.commit_run(&read, moved.next, moved.effects).await
    }
}

/// Adds new jobs and their counts to a commit.
pub(super) fn add_jobs<'j>(
    commit: &mut Commit,
    run: RunId,
    jobs: impl IntoIterator<Item = &'j Job>,
    now: kraken_domain::Timestamp,
) -> Result<(), ControlError> {
    let (mut counts, mut over) = (RunCounts::default(), Vec::new());
    for job in jobs {
        commit.create(job)?;
        counts = counts.plus(RunCounts::change(None, job));
        over.extend(Ended::of(None, job).into_iter().flat_map(|ended| ended.jobs));
    }
    if !over.is_empty() {
        commit.overwrite(&Ended { run, jobs: over })?;
    }
    commit.add_counts(run, counts, now);
    Ok(())
}
