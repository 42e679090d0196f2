//! A run goes on: its jobs are made, its time is up, its jobs are over, its results are analysed, its flow goes on.

use kraken_domain::{
    RunId,
    run::{RunEvent, RunState},
};
use kraken_store::{Commit, Owed, TodoKind};
use tracing::Instrument;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    heap::on_heap,
};

/// Runs that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 500;

/// What one look at a run came to.
enum Look {
    /// Something changed: look again.
    Moved,
    /// Nothing is owed.
    Settled,
}

impl Control {
    /// Does all that is owed for a run.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer; what was done until then stays, the rest is still owed.
    pub async fn reconcile_run(&self, id: RunId) -> Result<(), ControlError> {
        while let Look::Moved = decide!(self.look_at_run(id))? {}
        Ok(())
    }

    async fn look_at_run(&self, id: RunId) -> Result<Look, Attempt> {
        let now = self.clock.now();
        // Its flow was deleted, and with it all its runs.
        let Some(read) = self.store.run(id).await? else { return Ok(Look::Settled) };
        // After the run, never before: a rerun in between changes the run, and the commit is refused.
        let marked = self.store.marked_counts(id).await?;
        let counts = marked.counts;
        match read.state {
            RunState::Creating => {
                match on_heap(|| self.create_run(id)).await {
                    Ok(()) => {}
                    Err(passing) if passing.is_passing() => return Err(passing.into()),
                    Err(never) => {
                        tracing::error!(run.id = %id, error = %never, "a run cannot be created and ends in error");
                        on_heap(|| self.give_up_run(id, &never)).await?;
                    }
                }
                Ok(Look::Moved)
            }
            RunState::InProgress { stop, .. } => {
                // Of one that is being stopped every job is told.
                if read.ordered && stop.is_none() {
                    match on_heap(|| self.settle_needs(&read)).await {
                        Ok(true) => return Ok(Look::Moved),
                        Ok(false) => {}
                        // What keeps its jobs in order is gone or damaged: its time limit ends it.
                        Err(Attempt::Failed(never)) if !never.is_passing() => {
                            tracing::error!(run.id = %id, error = %never, "the jobs of a run cannot be kept in order");
                        }
                        Err(passing) => return Err(passing),
                    }
                }
                if let Ok(moved) = read.on(RunEvent::Counted(counts), now) {
                    let mut commit = Commit::new();
                    commit.replace(&read, &moved.next)?;
                    self.store.commit(commit).await?;
                    return Ok(Look::Moved);
                }
                if let Some(stop) = stop.filter(|stop| !stop.told) {
                    on_heap(|| self.stop_jobs(&read, stop)).await?;
                    return Ok(Look::Moved);
                }
                if let Ok(moved) = read.on(RunEvent::Tick, now) {
                    let mut commit = Commit::new();
                    commit.replace(&read, &moved.next)?;
                    self.store.commit(commit).await?;
                    return Ok(Look::Moved);
                }
                self.store.looked_at(id, &marked).await?;
                Ok(Look::Settled)
            }
            RunState::Completed { .. } => {
                on_heap(|| self.leave_group(&read)).await?;
                on_heap(|| self.reconcile_flow(id.flow)).await?;
                on_heap(|| self.learn_durations(&read.value)).await?;
                self.store.looked_at(id, &marked).await?;
                // Last: until here the run is found by the tick, should any of this die.
                let moved = read.on(RunEvent::Processed, now).map_err(ControlError::from)?;
                let mut commit = Commit::new();
                commit.replace(&read, &moved.next)?;
                self.store.commit(commit).await?;
                Ok(Look::Settled)
            }
            RunState::Waiting { .. } => Ok(if on_heap(|| self.look_for_turn(&read)).await? { Look::Moved } else { Look::Settled }),
            RunState::Manual | RunState::Processed { .. } => {
                self.store.looked_at(id, &marked).await?;
                Ok(Look::Settled)
            }
        }
    }

    /// Looks at every run for which something is due. One that cannot be dealt with holds up no other.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_runs(&self) -> Result<usize, ControlError> {
        let now = self.clock.now();
        let mut owed = self.store.owed(TodoKind::Run, now, PER_TICK).await?;
        owed.extend(self.store.owed(TodoKind::Counts, now, PER_TICK).await?);
        if owed.is_empty() || !self.is_whole().await? {
            return Ok(0);
        }
        let mut looked = 0;
        for item in owed {
            let Owed::Run(run) = item else { continue };
            let span = tracing::info_span!("run", flow.id = %run.flow, run.id = %run);
            match on_heap(|| self.reconcile_run(run)).instrument(span).await {
                Ok(()) => looked += 1,
                Err(error) => tracing::warn!(run.id = %run, %error, "a run could not be looked at; it stays due"),
            }
        }
        Ok(looked)
    }
}
