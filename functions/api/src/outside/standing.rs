//! How a branch stands: its newest CI flows and what its stages came to.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use kraken_control::{Control, ControlError};
use kraken_domain::{
    BranchId, StageId, Timestamp,
    flow::{Flow, FlowKind, FlowState},
    run::{Run, RunResult, RunState},
};
use kraken_store::Cursor;

/// Flows that are looked at, and told in feeds.
const FLOWS: u32 = 20;
/// Pages of so many flows in which the last run of a stage is looked for: one that starts once a night stands behind all pushes of a day.
const PAGES_MAX: usize = 5;
/// Flows whose runs are read at the same time. Most stages run in each of them, and then no more are read.
const AT_ONCE: usize = 4;

/// The newest CI flows of a branch, newest first.
pub(super) struct Standing {
    branch: BranchId,
    pub(super) flows: Vec<Flow>,
    /// Where the next page of them begins.
    next: Option<Cursor>,
}

/// The newest run of a stage, and how its last finished one ended.
pub(super) struct StageStanding {
    pub(super) name: String,
    pub(super) goes_on: bool,
    pub(super) last: Option<Ended>,
    /// Whether a run of it was found.
    seen: bool,
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) run: String,
    pub(super) label: String,
    pub(super) at: Timestamp,
    pub(super) result: RunResult,
}

impl Standing {
    pub(super) async fn of(control: &Control, branch: BranchId) -> Result<Self, ControlError> {
        let (flows, next) = page(control, branch, None).await?;
        Ok(Self { branch, flows, next })
    }

    /// How the newest flow that came to an end of its own ended: what was cancelled says nothing about the code.
    pub(super) fn result(&self) -> Option<RunResult> {
        self.flows.iter().find_map(result)
    }

    /// Every enabled stage of the branch, by name, also those that never ran or whose last run is too long ago.
    pub(super) async fn stages(&self, control: &Control) -> Result<Vec<StageStanding>, ControlError> {
        let stages = control.store.stages(self.branch).await?.into_iter().map(|stage| stage.value).filter(|stage| stage.enabled);
        let mut found: BTreeMap<StageId, StageStanding> =
            stages.map(|stage| (stage.id, StageStanding { name: stage.name, goes_on: false, last: None, seen: false })).collect();
        let (mut flows, mut next) = (self.flows.clone(), self.next.clone());
        for _ in 0..PAGES_MAX {
            for some in flows.chunks(AT_ONCE) {
                if found.values().all(|stage| stage.last.is_some()) {
                    break;
                }
                for runs in try_join_all(some.iter().map(|flow| control.store.runs(flow.id))).await? {
                    take_in(&mut found, runs.into_iter().map(|run| run.value).collect());
                }
            }
            let (Some(after), false) = (next.take(), found.values().all(|stage| stage.last.is_some())) else { break };
            (flows, next) = page(control, self.branch, Some(&after)).await?;
        }
        let mut stages: Vec<StageStanding> = found.into_values().collect();
        stages.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(stages)
    }
}

async fn page(control: &Control, branch: BranchId, after: Option<&Cursor>) -> Result<(Vec<Flow>, Option<Cursor>), ControlError> {
    let flows = control.store.flows(branch, FlowKind::Ci, FLOWS, after).await?;
    Ok((flows.items.into_iter().map(|flow| flow.value).collect(), flows.next))
}

/// Takes in the runs of a flow that is older than all before.
fn take_in(found: &mut BTreeMap<StageId, StageStanding>, runs: Vec<Run>) {
    // The last run of a stage in a flow is the one that counts.
    for run in runs.into_iter().rev() {
        let Some(stage) = found.get_mut(&run.stage) else { continue };
        if !stage.seen {
            (stage.seen, stage.goes_on) = (true, goes_on(&run));
        }
        if stage.last.is_none() {
            stage.last = ended(&run);
        }
    }
}

/// How a flow ended, if it did and nobody cancelled it.
pub(super) fn result(flow: &Flow) -> Option<RunResult> {
    match flow.state {
        FlowState::Completed { cancelled: false, result, .. } => result.filter(|result| *result != RunResult::Cancelled),
        FlowState::Completed { .. } | FlowState::InProgress { .. } => None,
    }
}

fn goes_on(run: &Run) -> bool {
    matches!(run.state, RunState::Creating | RunState::Waiting { .. } | RunState::InProgress { .. })
}

fn ended(run: &Run) -> Option<Ended> {
    let at = match run.state {
        RunState::Completed { completed_at, .. } | RunState::Processed { completed_at, .. } => completed_at,
        RunState::Creating | RunState::Waiting { .. } | RunState::Manual | RunState::InProgress { .. } => return None,
    };
    let result = run.result().filter(|result| *result != RunResult::Cancelled)?;
    Some(Ended { run: run.id.to_string(), label: run.label.clone(), at, result })
}
