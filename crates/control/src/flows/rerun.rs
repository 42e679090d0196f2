//! Repeating jobs. A repeated job is covered by its repetition: shown, but out of every count.
//!
//! What waits for others waits for their repetitions, and what could not run because of a job runs again with it.

use kraken_domain::{
    Effect, JobId, RunId, Timestamp,
    concurrency::Entry,
    job::{Generation, Job, JobEvent, JobState},
    needs::{Order, Slot},
    run::{Run, RunCounts, RunEvent},
    step::Step,
};
use kraken_protocol::api::RerunWhich;
use kraken_store::{Commit, Versioned, WRITES_MAX};

use super::{rerun_newest::not_covered, rerun_order::Ordered};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Jobs that one commit repeats: two writes each, beside run, counts and flow.
const PER_COMMIT: usize = (WRITES_MAX - 3) / 2;
const PAGE: u32 = 200;

/// A job that is to be repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) job: JobId,
    /// Asked for by itself: else it is left out if it cannot be.
    pub(super) must: bool,
}

impl Control {
    /// Repeats one job that is over, and those that could not run because of it.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when it is not over, has been repeated already, or needs a job that was not ok.
    pub async fn rerun_job(&self, id: JobId) -> Result<JobId, ControlError> {
        let mut wishes = vec![Wish { job: id, must: true }];
        let run = self.run(id.run).await?;
        not_covered(&run)?;
        if run.ordered {
            wishes.extend(self.kept_from(&run, id).await?);
        }
        let made = self.rerun_all(run, &wishes).await?;
        made.into_iter().next().ok_or_else(|| ControlError::Internal(format!("the rerun of job {id} made no job")))
    }

    /// The jobs that could not run because of one, directly or over others, each after those that it needs.
    async fn kept_from(&self, run: &Run, id: JobId) -> Result<Vec<Wish>, ControlError> {
        let (graph, job) = (self.graph(run).await?, self.job(id).await?);
        let Some(progress) = self.store.needs(run.id).await? else { return Ok(Vec::new()) };
        let not_run = |slot: &u32| matches!(progress.slot(*slot), Slot::Held) || progress.slot(*slot).failure().is_some();
        let slots: Vec<u32> = graph.after([job.slot()]).into_iter().filter(not_run).collect();
        let jobs = self.newest_jobs(run.id, &slots).await?;
        let kept = slots.iter().filter_map(|slot| jobs.get(slot)).filter(|job| job.order.unmet.is_some());
        Ok(kept.map(|job| Wish { job: job.id, must: false }).collect())
    }

    /// Repeats jobs of a run that are over: all, or those in error. Gives the new jobs; none to repeat is not an error.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when the run has not started, or when all of them need jobs that were not ok.
    pub async fn rerun_run(&self, id: RunId, which: RerunWhich) -> Result<Vec<JobId>, ControlError> {
        let run = self.run(id).await?;
        not_covered(&run)?;
        let (mut wanted, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.jobs(id, PAGE, after.as_ref()).await?;
            wanted.extend(page.items.iter().filter(|job| repeatable(job, which)).map(|job| (job.slot(), job.id)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if run.ordered {
            let graph = self.graph(&run).await?;
            wanted.sort_by_key(|(slot, _)| graph.place(*slot));
        }
        let wishes: Vec<Wish> = wanted.into_iter().map(|(_, job)| Wish { job, must: !run.ordered }).collect();
        let made = self.rerun_all(run, &wishes).await?;
        if wishes.is_empty() {
            // Those of a flow that is being removed may be gone already: that is not a run that has none.
            self.flow(id.flow).await?;
        } else if made.is_empty() {
            let why = format!("none of the {} jobs can be repeated: they need jobs that were not ok and are not repeated", wishes.len());
            return Err(ControlError::Conflict(why));
        }
        Ok(made)
    }

    async fn rerun_all(&self, run: Versioned<Run>, wishes: &[Wish]) -> Result<Vec<JobId>, ControlError> {
        // The order and the group are written besides.
        let besides = usize::from(run.ordered || run.concurrency.is_some());
        // What was read is good for one try.
        let (id, mut read, mut made) = (run.id, Some(run), Vec::new());
        for some in wishes.chunks(PER_COMMIT - besides) {
            made.extend(decide!(self.try_rerun(id, read.take(), some))?);
        }
        Ok(made)
    }

    async fn try_rerun(&self, run: RunId, read: Option<Versioned<Run>>, wishes: &[Wish]) -> Result<Vec<JobId>, Attempt> {
        let now = self.clock.now();
        let read_run = match read {
            Some(read) => read,
            None => self.run(run).await?,
        };
        not_covered(&read_run)?;
        let read_flow = self.flow(run.flow).await?;
        let ids: Vec<JobId> = wishes.iter().map(|wish| wish.job).collect();
        let mut olds = Vec::with_capacity(ids.len());
        for (wish, old) in wishes.iter().zip(self.store.jobs_by_id(&ids).await?) {
            let old: Versioned<Job> = old.ok_or_else(|| ControlError::not_found("job", wish.job))?;
            if wish.must || repeatable(&old, RerunWhich::All) {
                olds.push((old, wish.must));
            }
        }
        let order = if read_run.ordered { Some(self.repeat_in_order(&read_run, &mut olds).await?) } else { None };
        if olds.is_empty() {
            return Ok(Vec::new());
        }
        let moved_run =
            read_run.on(RunEvent::Rerun { jobs: u32::try_from(olds.len()).unwrap_or(u32::MAX) }, now).map_err(ControlError::from)?;

        let mut commit = Commit::new();
        let (mut counts, mut made) = (RunCounts::default(), Vec::new());
        for ((old, _), number) in olds.iter().zip(read_run.jobs_made + 1..) {
            let new = repetition(old, JobId { run, number }, order.as_ref(), now);
            let covered = old.on(JobEvent::Cover { by: new.id }, now).map_err(ControlError::from)?.next;
            counts = counts.plus(RunCounts::change(Some(&old.value), &covered)).plus(RunCounts::change(None, &new));
            commit.replace(old, &covered)?.create(&new)?;
            made.push(new.id);
        }
        if let Some(order) = &order {
            order.write(&mut commit)?;
        }
        self.enter_again(&mut commit, &read_run, now).await?;
        commit.replace(&read_run, &moved_run.next)?;
        commit.add_counts(run, counts, now);
        // Always: whoever is about to complete the flow on an older picture must meet this.
        commit.replace(&read_flow, &read_flow.with_runs(0))?;
        self.store.commit(commit).await?;
        // Ends that were not taken in yet may let the new jobs go.
        let look = read_run.ordered.then_some(Effect::WakeRun(run));
        self.perform(moved_run.effects.into_iter().chain([Effect::WakeScheduler]).chain(look)).await;
        Ok(made)
    }

    /// A run that is repeated enters its group as the newest.
    async fn enter_again(&self, commit: &mut Commit, run: &Run, now: Timestamp) -> Result<(), ControlError> {
        let Some(entered) = self.enter_group(run, now, false).await? else { return Ok(()) };
        match entered.entry {
            Entry::Start { .. } => entered.write(commit),
            Entry::Wait { behind: other, .. } | Entry::Superseded { by: other } => {
                Err(ControlError::Conflict(format!("run {other} of the same concurrency group is in progress: wait for it, or cancel it")))
            }
        }
    }
}

fn repeatable(job: &Job, which: RerunWhich) -> bool {
    let wanted = match which {
        RerunWhich::All => true,
        RerunWhich::Failed => job.outcome().is_some_and(|outcome| !outcome.is_ok()),
    };
    wanted && job.is_completed() && job.covered_by.is_none()
}

fn repetition(old: &Job, id: JobId, order: Option<&Ordered>, now: Timestamp) -> Job {
    let held = order.is_some_and(|order| order.holds(old.slot()));
    Job {
        id,
        created_at: now,
        generation: Generation::default(),
        losses: 0,
        steps: old.steps.iter().map(|step| Step::new(&step.name, &step.tool)).collect(),
        state: if held { JobState::Held { since: now } } else { JobState::Queued { since: now } },
        rerun_of: Some(old.id),
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Order { slot: order.map(|_| old.slot()), unmet: None, ..old.order },
        ..old.clone()
    }
}
