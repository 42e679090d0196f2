//! How a branch stands: its newest CI flows and what their stages came to.

use std::collections::BTreeMap;

use kraken_control::{Control, ControlError};
use kraken_domain::{
    BranchId, StageId, Timestamp,
    flow::{Flow, FlowKind, FlowState},
    run::{Run, RunResult, RunState},
};

/// Flows that are looked at, and told in feeds.
const FLOWS: u32 = 20;
/// Flows whose runs are read to find each stage's last finished one.
const FLOWS_WITH_RUNS: usize = 3;

/// The newest CI flows of a branch, newest first.
pub(super) struct Standing {
    pub(super) flows: Vec<Flow>,
}

/// The newest run of a stage, and how its last finished one ended.
pub(super) struct StageStanding {
    pub(super) name: String,
    pub(super) goes_on: bool,
    pub(super) last: Option<Ended>,
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
        let flows = control.store.flows(branch, FlowKind::Ci, FLOWS, None).await?;
        Ok(Self { flows: flows.items.into_iter().map(|flow| flow.value).collect() })
    }

    /// How the newest flow that came to an end of its own ended: what was cancelled says nothing about the code.
    pub(super) fn result(&self) -> Option<RunResult> {
        self.flows.iter().find_map(result)
    }

    /// Every stage that ran lately, in the order of the newest flows.
    pub(super) async fn stages(&self, control: &Control) -> Result<Vec<StageStanding>, ControlError> {
        let (mut order, mut found) = (Vec::new(), BTreeMap::<StageId, StageStanding>::new());
        for flow in self.flows.iter().take(FLOWS_WITH_RUNS) {
            // The last run of a stage in a flow is the one that counts.
            for run in control.store.runs(flow.id).await?.into_iter().rev() {
                let known = found.entry(run.stage).or_insert_with(|| {
                    order.push(run.stage);
                    StageStanding { name: run.stage_name.clone(), goes_on: goes_on(&run), last: None }
                });
                if known.last.is_none() {
                    known.last = ended(&run);
                }
            }
        }
        Ok(order.into_iter().filter_map(|stage| found.remove(&stage)).collect())
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
