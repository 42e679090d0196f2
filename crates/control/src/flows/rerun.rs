//! Repeating jobs. A repeated job is covered by its repetition: shown, but out of every count.

use kraken_domain::{
    Effect, JobId, RunId,
    job::{Generation, Job, JobEvent, JobState},
    run::{RunCounts, RunEvent},
    step::Step,
};
use kraken_protocol::api::RerunWhich;
use kraken_store::{Commit, Versioned};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Jobs that one commit repeats: two writes each, beside run, counts and flow.
const PER_COMMIT: usize = 47;
const PAGE: u32 = 200;

impl Control {
    /// Repeats one job that is over.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when it is not over or has been repeated already.
    pub async fn rerun_job(&self, id: JobId) -> Result<JobId, ControlError> {
        let made = decide!(self.try_rerun(id.run, &[id]))?;
        made.into_iter().next().ok_or_else(|| ControlError::Internal(format!("the rerun of job {id} made no job")))
    }

    /// Repeats jobs of a run that are over: all, or those in error. Gives the new jobs; none to repeat is not an error.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when the run has not started.
    pub async fn rerun_run(&self, id: RunId, which: RerunWhich) -> Result<Vec<JobId>, ControlError> {
        self.run(id).await?;
        let (mut wanted, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.jobs(id, PAGE, after.as_ref()).await?;
            wanted.extend(page.items.iter().filter(|job| repeatable(job, which)).map(|job| job.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut made = Vec::new();
        for some in wanted.chunks(PER_COMMIT) {
            made.extend(decide!(self.try_rerun(id, some))?);
        }
        Ok(made)
    }

    async fn try_rerun(&self, run: RunId, ids: &[JobId]) -> Result<Vec<JobId>, Attempt> {
        let now = self.clock.now();
        let (read_run, read_flow) = (self.run(run).await?, self.flow(run.flow).await?);
        let olds = self.store.jobs_by_id(ids).await?;
        let moved_run =
            read_run.on(RunEvent::Rerun { jobs: u32::try_from(ids.len()).unwrap_or(u32::MAX) }, now).map_err(ControlError::from)?;

        let mut commit = Commit::new();
        let (mut counts, mut made) = (RunCounts::default(), Vec::new());
        for ((id, old), number) in ids.iter().zip(olds).zip(read_run.jobs_made + 1..) {
            let old: Versioned<Job> = old.ok_or_else(|| ControlError::not_found("job", id))?;
            let new = repetition(&old, JobId { run, number }, now);
            let covered = old.on(JobEvent::Cover { by: new.id }, now).map_err(ControlError::from)?.next;
            counts = counts.plus(RunCounts::change(Some(&old.value), &covered)).plus(RunCounts::change(None, &new));
            commit.replace(&old, &covered)?.create(&new)?;
            made.push(new.id);
        }
        commit.replace(&read_run, &moved_run.next)?;
        commit.add_counts(run, counts, now);
        // Always: whoever is about to complete the flow on an older picture must meet this.
        commit.replace(&read_flow, &read_flow.with_runs(0))?;
        self.store.commit(commit).await?;
        self.perform(moved_run.effects.into_iter().chain([Effect::WakeScheduler])).await;
        Ok(made)
    }
}

fn repeatable(job: &Job, which: RerunWhich) -> bool {
    let wanted = match which {
        RerunWhich::All => true,
        RerunWhich::Failed => job.outcome().is_some_and(|outcome| !outcome.is_ok()),
    };
    wanted && job.is_completed() && job.covered_by.is_none()
}

fn repetition(old: &Job, id: JobId, now: kraken_domain::Timestamp) -> Job {
    Job {
        id,
        created_at: now,
        generation: Generation::default(),
        losses: 0,
        steps: old.steps.iter().map(|step| Step::new(&step.name, &step.tool)).collect(),
        state: JobState::Queued { since: now },
        rerun_of: Some(old.id),
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        ..old.clone()
    }
}
