//! Cancelling: a job, a run, a flow.

use kraken_domain::{
    FlowId, JobId, RunId,
    job::{JobEvent, JobRefusal},
    run::{RunEvent, RunRefusal},
};
use kraken_store::Commit;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Jobs that one page brings.
const PAGE: u32 = 100;

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
            Ok(moved) => self.commit_job(&read, moved, false).await.map(drop),
            Err(JobRefusal::Already { .. }) => Ok(()),
            Err(refusal) => Err(ControlError::from(refusal).into()),
        }
    }

    /// Cancels a run: those of its jobs that are not over.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn cancel_run(&self, id: RunId) -> Result<(), ControlError> {
        decide!(self.try_cancel_run(id))?;
        self.stop_jobs(id, &JobEvent::Cancel).await
    }

    async fn try_cancel_run(&self, id: RunId) -> Result<(), Attempt> {
        let read = self.run(id).await?;
        match read.on(RunEvent::Cancel, self.clock.now()) {
            Ok(moved) => {
                let mut commit = Commit::new();
                commit.replace(&read, &moved.next)?;
                self.store.commit(commit).await?;
                self.perform(moved.effects).await;
                Ok(())
            }
            Err(RunRefusal::Already { .. }) => Ok(()),
            Err(refusal) => Err(ControlError::from(refusal).into()),
        }
    }

    /// Stops all jobs of a run that are not over.
    pub(crate) async fn stop_jobs(&self, run: RunId, event: &JobEvent) -> Result<(), ControlError> {
        let mut after = None;
        loop {
            let page = self.store.jobs(run, PAGE, after.as_ref()).await?;
            for job in page.items.iter().filter(|job| !job.is_completed()) {
                decide!(self.try_stop(job.id, event))?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Cancels a flow: all its runs, and no child stage starts any more.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn cancel_flow(&self, id: FlowId) -> Result<(), ControlError> {
        decide!(self.try_cancel_flow(id))?;
        for run in self.store.runs(id).await? {
            self.cancel_run(run.id).await?;
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
}
