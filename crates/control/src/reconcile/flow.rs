//! A flow goes on: child stages start, and it completes.

use kraken_domain::{
    FlowId, RunId,
    flow::{Flow, Sequence, StageNode, due_children},
    record::Stage,
    run::{Run, RunReason},
};
use kraken_store::{Commit, Numbers};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    flows::new_run,
};

impl Control {
    /// Starts the child stages that a flow owes, and completes or reopens it.
    pub(crate) async fn reconcile_flow(&self, id: FlowId) -> Result<(), ControlError> {
        for run in decide!(self.look_at_flow(id))? {
            self.create_soon(run).await;
        }
        Ok(())
    }

    /// Creates a run that was begun, only to be quick: a run that is being created is owed a look of its own.
    pub(crate) async fn create_soon(&self, run: RunId) {
        if let Err(error) = self.create_run(run).await {
            tracing::warn!(run.id = %run, %error, "a run was begun but not created; it stays due");
        }
    }

    /// Gives the runs that were begun and still need their jobs.
    async fn look_at_flow(&self, id: FlowId) -> Result<Vec<RunId>, Attempt> {
        let now = self.clock.now();
        let read = self.flow(id).await?;
        let runs: Vec<Run> = self.store.runs(id).await?.into_iter().map(|run| run.value).collect();
        let stages: Vec<Stage> = self.store.stages(read.branch).await?.into_iter().map(|stage| stage.value).collect();
        let nodes: Vec<StageNode> = stages.iter().map(node).collect();
        let due: Vec<&Stage> = if read.is_cancelled() {
            Vec::new()
        } else {
            due_children(&nodes, &runs).into_iter().filter_map(|due| stages.iter().find(|stage| stage.id == due.id)).collect()
        };
        if due.is_empty() {
            if let Some(next) = read.settle(&runs, now) {
                let mut commit = Commit::new();
                commit.replace(&read, &next)?;
                self.store.commit(commit).await?;
            }
            return Ok(Vec::new());
        }
        let begun = self.begin_runs(&read.value, &due, RunReason::Parents).await?;
        let mut commit = Commit::new();
        // The flow's condition is what makes a stage start once: whoever else begins one meets it.
        commit.replace(&read, &read.with_runs(u32::try_from(begun.len()).unwrap_or(u32::MAX)))?;
        for run in &begun {
            commit.create(run)?;
        }
        self.store.commit(commit).await?;
        Ok(begun.into_iter().map(|run| run.id).collect())
    }

    /// Runs of these stages with the next numbers of their flow; nothing is written yet but that their own numbers are taken.
    pub(crate) async fn begin_runs(&self, flow: &Flow, due: &[&Stage], reason: RunReason) -> Result<Vec<Run>, ControlError> {
        let now = self.clock.now();
        let mut begun = Vec::with_capacity(due.len());
        for (stage, number) in due.iter().zip(flow.runs_made + 1..) {
            let sequence = self.store.next_run_number(flow.branch, stage.id, flow.kind).await?;
            let numbers = Numbers { flow: Sequence { ..flow.sequence }, runs: [(stage.id, sequence)].into() };
            begun.push(new_run(flow, stage, number, reason.clone(), &numbers, now));
        }
        Ok(begun)
    }
}

fn node(stage: &Stage) -> StageNode {
    StageNode {
        id: stage.id,
        name: stage.name.clone(),
        parents: stage.parents.clone(),
        starts_with_parent: stage.starts_with_parent,
        enabled: stage.enabled,
    }
}
