//! The watchdog of jobs: claims that never came, leases that ran out, times that are up.

use kraken_domain::{
    JobId,
    agent::AgentEvent,
    job::{JobEvent, JobState},
};
use kraken_store::{Owed, TodoKind};
use tracing::Instrument;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Jobs that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 500;

impl Control {
    /// Looks at one job's deadlines.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn reconcile_job(&self, id: JobId) -> Result<(), ControlError> {
        decide!(self.look_at_job(id))
    }

    async fn look_at_job(&self, id: JobId) -> Result<(), Attempt> {
        let now = self.clock.now();
        let Some(read) = self.store.job(id).await? else { return Ok(()) };
        let could_not_renew = self.leases_hold_until.is_some_and(|hold| now < hold);
        if could_not_renew && matches!(read.state, JobState::Running { lease_until, .. } if now >= lease_until) {
            return Ok(());
        }
        let Ok(moved) = read.on(JobEvent::Tick, now) else { return Ok(()) };
        // An agent that neither claims nor renews is taken for silent until it is heard of again.
        let is_silent = match read.state {
            JobState::Assigned { .. } => true,
            JobState::Running { lease_until, .. } => now >= lease_until,
            JobState::Held { .. } | JobState::Queued { .. } | JobState::Finished { .. } | JobState::Completed { .. } => false,
        };
        let next = self.commit_job(&read, moved, is_silent.then_some(AgentEvent::Silent)).await?;
        tracing::info!(job.id = %id, from = read.state.as_str(), to = next.state.as_str(), "a deadline of a job passed");
        Ok(())
    }

    /// Looks at every job with a deadline that has passed. One that cannot be dealt with holds up no other.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_jobs(&self) -> Result<usize, ControlError> {
        let mut looked = 0;
        let owed = self.store.owed(TodoKind::Job, self.clock.now(), PER_TICK).await?;
        if owed.is_empty() || !self.is_whole().await? {
            return Ok(0);
        }
        for item in owed {
            let Owed::Job(job) = item else { continue };
            let span = tracing::info_span!("job", flow.id = %job.flow(), run.id = %job.run, job.id = %job);
            match self.reconcile_job(job).instrument(span).await {
                Ok(()) => looked += 1,
                Err(error) => tracing::warn!(job.id = %job, %error, "a job could not be looked at; it stays due"),
            }
        }
        Ok(looked)
    }
}
