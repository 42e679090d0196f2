//! A person starts a run that waits for one.

use kraken_domain::{
    RunId,
    run::{Run, RunEvent},
};
use kraken_store::Commit;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Starts a manual run.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when the run does not wait for a person.
    pub async fn start_run(&self, id: RunId) -> Result<Run, ControlError> {
        decide!(self.try_start_run(id))
    }

    async fn try_start_run(&self, id: RunId) -> Result<Run, Attempt> {
        let read = self.run(id).await?;
        let moved = read.on(RunEvent::Release, self.clock.now()).map_err(ControlError::from)?;
        let mut commit = Commit::new();
        commit.replace(&read, &moved.next)?;
        self.store.commit(commit).await?;
        self.perform(moved.effects).await;
        Ok(moved.next)
    }
}
