//! Learning how long jobs take, from each CI run that is over.

use kraken_domain::{
    flow::FlowKind,
    job::{Job, JobState},
    run::Run,
};
use kraken_store::{Commit, Durations};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Jobs of a run that are looked at: a larger run has enough alike.
const JOBS_MAX: u32 = 1000;

impl Control {
    /// Takes in how long the successful jobs of a run took. Once for each run, however often it is called.
    pub(crate) async fn learn_durations(&self, run: &Run) -> Result<(), ControlError> {
        if run.kind != FlowKind::Ci {
            return Ok(());
        }
        let jobs = self.store.jobs(run.id, JOBS_MAX, None).await?;
        let took: Vec<(&Job, u32)> = jobs.items.iter().filter_map(|job| Some((&job.value, seconds(job)?))).collect();
        if took.is_empty() {
            return Ok(());
        }
        decide!(self.try_learn(run, &took))
    }

    async fn try_learn(&self, run: &Run, took: &[(&Job, u32)]) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        match self.store.durations(run.stage).await? {
            Some(read) => match read.with(run.id, took.iter().copied()) {
                Some(next) => commit.replace(&read, &next)?,
                None => return Ok(()),
            },
            None => match Durations::none(run.stage).with(run.id, took.iter().copied()) {
                Some(next) => commit.create(&next)?,
                None => return Ok(()),
            },
        };
        self.store.commit(commit).await?;
        Ok(())
    }
}

/// Seconds from claim to end of a job that succeeded, rounded up.
fn seconds(job: &Job) -> Option<u32> {
    match &job.state {
        JobState::Completed { started_at: Some(started_at), completed_at, verdict, .. } if verdict.outcome.is_ok() => {
            let took = completed_at.duration_since(*started_at);
            u32::try_from((took.as_millis() + 999) / 1000).ok()
        }
        _ => None,
    }
}
