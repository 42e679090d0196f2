//! Repeating a run with the newest code of its stage: as a further run of that stage in the same flow.
//!
//! A run keeps what it was started with, so that a repetition of its jobs does what they did. With other code it is another run: of other jobs,
//! in another order, with another name. The one before stays as it was, to be read, and is covered: what the flow comes to, and whether child
//! stages may start, is said by the newer one alone.

use kraken_domain::{
    Effect, RunId,
    run::{Run, RunReason},
};
use kraken_store::Commit;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    setup::in_use,
};

impl Control {
    /// Repeats a run that is over with the newest code of its stage. Gives the new run.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] when it is not over, is repeated already, or its stage is gone or disabled.
    pub async fn rerun_newest(&self, id: RunId) -> Result<Run, ControlError> {
        let begun = decide!(self.try_rerun_newest(id))?;
        self.create_soon(begun.id).await;
        Ok(self.run(begun.id).await?.value)
    }

    async fn try_rerun_newest(&self, id: RunId) -> Result<Run, Attempt> {
        let read = self.run(id).await?;
        repeatable_whole(&read)?;
        let flow = self.flow(id.flow).await?;
        in_use(&self.branch(read.branch).await?.value)?;
        let stage = self.store.stage(read.branch, read.stage).await?.map(|stage| stage.value);
        let Some(stage) = stage.filter(|stage| stage.enabled) else {
            let why = format!("the stage {} is gone or disabled, so it has no newest code: rerun all jobs instead", read.stage_name);
            return Err(ControlError::Conflict(why).into());
        };
        let begun = self.begin_runs(&flow, &[&stage], RunReason::Person).await?;
        let Some(begun) = begun.into_iter().next() else {
            return Err(ControlError::Internal(format!("no run was begun to repeat run {id}")).into());
        };
        let mut commit = Commit::new();
        commit.replace(&read, &Run { covered_by: Some(begun.id), ..read.value.clone() })?;
        commit.replace(&flow, &flow.with_runs(1))?.create(&begun)?;
        self.store.commit(commit).await?;
        tracing::info!(run.id = %id, by = %begun.id, "a run is repeated with the newest code of its stage");
        self.perform([Effect::WakeRun(begun.id)]).await;
        Ok(begun)
    }
}

fn repeatable_whole(run: &Run) -> Result<(), ControlError> {
    not_covered(run)?;
    if run.is_completed() {
        return Ok(());
    }
    let state = run.state.as_str().replace('_', " ");
    Err(ControlError::Conflict(format!("the run is {state}: only one that is over can be repeated with other code; cancel it first")))
}

/// What was repeated as a whole is repeated there.
pub(super) fn not_covered(run: &Run) -> Result<(), ControlError> {
    match run.covered_by {
        Some(by) => Err(ControlError::Conflict(format!("run {by} repeats it with newer code: repeat that one"))),
        None => Ok(()),
    }
}
