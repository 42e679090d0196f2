//! Triggers: what is due starts its stage, once for each due time, however many look at the same moment or die half-way.
//!
//! A flow is started under a key of its due time, so starting it again gives the same one; a run of a child stage is made in the very
//! commit that moves the trigger on.

use std::time::Duration;

use futures::{StreamExt, stream};
use kraken_domain::{
    FlowId, StageId, Timestamp,
    flow::{FlowKind, FlowReason},
    record::{Branch, Stage},
    run::RunReason,
    trigger::{Look, Rule, Trigger, TriggerKind},
};
use kraken_store::{Commit, Owed, TodoKind, Versioned};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    flows::StartFlow,
};

/// Triggers that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 10_000;
/// Triggers that are looked at at the same time.
const AT_ONCE: usize = 16;
/// For how long one tick looks at repositories: it is to end before the next.
const LOOKS_FOR: Duration = Duration::from_secs(45);

impl Control {
    /// Looks at one trigger.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer; it stays due.
    pub async fn reconcile_trigger(&self, stage: StageId, kind: TriggerKind) -> Result<(), ControlError> {
        decide!(self.look_at_trigger(stage, kind))
    }

    async fn look_at_trigger(&self, stage: StageId, kind: TriggerKind) -> Result<(), Attempt> {
        let now = self.clock.now();
        let Some(read) = self.store.trigger(stage, kind).await? else { return Ok(()) };
        let (due, late) = match read.look(now) {
            Look::Wait => return Ok(()),
            Look::Fire { due } => (due, false),
            Look::Skip { due } => (due, true),
        };
        if late {
            tracing::warn!(stage.id = %stage, kind = kind.as_str(), %due, "a trigger is skipped: its time passed more than an hour ago");
            return self.move_on(&read, due, now, None, true).await;
        }
        let found = self.store.stage(read.branch, stage).await?;
        let Some(found) = found.filter(|stage| stage.enabled) else {
            // Triggers go with their stage, so this one was read while both went.
            return self.move_on(&read, due, now, None, false).await;
        };
        let branch = self.store.branch(read.branch).await?;
        if let Some(branch) = branch.as_ref().filter(|branch| branch.archived_at.is_some()) {
            // What the clock starts comes back with the branch.
            let mut commit = Commit::new();
            commit.delete(&read).require(branch);
            return Ok(self.store.commit(commit).await?);
        }
        match read.rule {
            // What was found is noted already: it is dealt with like any other due time.
            Rule::Repo { .. } if read.found.is_none() => return Box::pin(self.look_at_repos(&read, due, now)).await,
            Rule::Source { .. } => {
                Box::pin(self.refresh_stage(stage)).await?;
                return Ok(());
            }
            _ => {}
        }
        if found.is_root() {
            // On the heap: what starts a flow is large, and this is called from deep within a tick.
            let flow = Box::pin(self.start_due(&read, due, branch.map(|branch| branch.value))).await?;
            tracing::info!(stage.id = %stage, flow.id = %flow, kind = kind.as_str(), %due, "a trigger started a flow");
            return self.move_on(&read, due, now, Some(flow), false).await;
        }
        Box::pin(self.add_due_run(&read, &found, due, now)).await
    }

    async fn start_due(&self, trigger: &Trigger, due: Timestamp, read: Option<Branch>) -> Result<FlowId, ControlError> {
        let start = StartFlow {
            read,
            once: Some(trigger.once(due)),
            changes: self.changes_found(trigger).await,
            ..StartFlow::new(trigger.branch, FlowKind::Ci, FlowReason::Trigger { stage: trigger.stage, kind: trigger.rule.kind(), due })
        };
        Ok(self.start_flow(start).await?.0.id)
    }

    /// A child stage runs in the newest CI flow of its branch: it works on what that has made.
    async fn add_due_run(&self, read: &Versioned<Trigger>, stage: &Stage, due: Timestamp, now: Timestamp) -> Result<(), Attempt> {
        let newest = self.store.flows(stage.branch, FlowKind::Ci, 1, None).await?.items.into_iter().next();
        let Some(listed) = newest else {
            tracing::info!(stage.id = %stage.id, %due, "a trigger of a child stage came, and its branch has no flow yet");
            return self.move_on(read, due, now, None, false).await;
        };
        // The list may be behind.
        let flow = self.flow(listed.id).await?;
        if flow.is_cancelled() {
            // A further run would take the wish back, and start all that waited.
            tracing::info!(stage.id = %stage.id, flow.id = %flow.id, %due, "a trigger of a child stage came, and its flow was cancelled");
            return self.move_on(read, due, now, None, false).await;
        }
        let begun = self.begin_runs(&flow, &[stage], RunReason::Trigger).await?;
        let mut commit = Commit::new();
        commit.replace(&flow, &flow.with_runs(1))?.replace(read, &read.after(due, now, Some(flow.id), false))?;
        for run in &begun {
            commit.create(run)?;
        }
        self.store.commit(commit).await?;
        for run in begun {
            tracing::info!(stage.id = %stage.id, run.id = %run.id, %due, "a trigger started a run");
            self.create_soon(run.id).await;
        }
        Ok(())
    }

    async fn move_on(
        &self,
        read: &Versioned<Trigger>,
        due: Timestamp,
        now: Timestamp,
        flow: Option<FlowId>,
        skipped: bool,
    ) -> Result<(), Attempt> {
        let mut commit = Commit::new();
        commit.replace(read, &read.after(due, now, flow, skipped))?;
        Ok(self.store.commit(commit).await?)
    }

    /// Looks at every trigger whose time has come. One that cannot be dealt with holds up no other.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_triggers(&self) -> Result<usize, ControlError> {
        let owed = self.store.owed(TodoKind::Trigger, self.clock.now(), PER_TICK).await?;
        if owed.is_empty() || !self.is_whole().await? {
            return Ok(0);
        }
        let (looks, clocks): (Vec<_>, Vec<_>) =
            owed.into_iter().partition(|item| matches!(item, Owed::Trigger(_, TriggerKind::Repo | TriggerKind::Source)));
        // A look at a repository may wait for a slow host: what goes by the clock does not wait for it, nor does the end of this tick. What
        // is broken off stays due, and is the first of the next tick.
        let looks = tokio::time::timeout(LOOKS_FOR, self.look_at_all(looks));
        let (clocked, looked) = futures::join!(self.look_at_all(clocks), looks);
        Ok(clocked + looked.unwrap_or_default())
    }

    async fn look_at_all(&self, owed: Vec<Owed>) -> usize {
        let looked = stream::iter(owed).map(async |item| {
            let Owed::Trigger(stage, kind) = item else { return 0 };
            match Box::pin(self.reconcile_trigger(stage, kind)).await {
                Ok(()) => 1,
                Err(error) => {
                    tracing::warn!(stage.id = %stage, kind = kind.as_str(), %error, "a trigger could not be looked at; it stays due");
                    0
                }
            }
        });
        looked.buffer_unordered(AT_ONCE).collect::<Vec<usize>>().await.into_iter().sum()
    }
}
