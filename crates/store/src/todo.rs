//! What needs doing: one sparse index, so that a tick finds all of it without a scan.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{AgentId, BranchId, FlowId, JobId, RunId, StageId, Timestamp, trigger::TriggerKind};

use crate::{
    Key, Outbox, Store, StoreError,
    read::{Order, Slice},
    table::todo_index,
};

/// A kind of thing that needs doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TodoKind {
    /// A job: a claim that never came, a lease that ran out, a time that is up.
    Job,
    /// A run: to be created, timed out, or analysed.
    Run,
    /// A run whose jobs' counts changed.
    Counts,
    /// An agent that may have gone silent.
    Agent,
    /// Events that nobody has told yet.
    Events,
    /// A trigger whose time has come.
    Trigger,
    /// A delivery of a webhook that nobody has dealt with.
    Delivery,
    /// People who are to be told of a run.
    Notice,
    /// A branch whose flows are to be looked at, or follow it to another project; or a flow that is being removed.
    Retention,
}

impl TodoKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Run => "run",
            Self::Counts => "counts",
            Self::Agent => "agent",
            Self::Events => "events",
            Self::Trigger => "trigger",
            Self::Delivery => "delivery",
            Self::Notice => "notice",
            Self::Retention => "retention",
        }
    }
}

/// Something that needs doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owed {
    /// Look at this job.
    Job(JobId),
    /// Look at this run.
    Run(RunId),
    /// Look whether this agent is silent.
    Agent(AgentId),
    /// Tell what waits here.
    Events(Outbox),
    /// Look whether this trigger of a stage starts it.
    Trigger(StageId, TriggerKind),
    /// Find out whom to tell of what happened to the runs of this flow.
    Turns(FlowId),
    /// Send what is to be told of this run.
    Notices(RunId),
    /// Look which flows of this branch are past their time.
    Sweep(BranchId),
    /// Go on removing this flow.
    Going(FlowId),
    /// Have the history of this branch follow it to another project.
    Moving(BranchId),
}

impl Store {
    /// What of `kind` was due by `now`, longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn owed(&self, kind: TodoKind, now: Timestamp, limit: u32) -> Result<Vec<Owed>, StoreError> {
        let due = AttributeValue::N(now.as_millisecond().to_string());
        let range = Some(("#sort <= :due", vec![(":due", due)]));
        let slice = Slice { index: todo_index(), partition: kind.as_str(), range, order: Order::Ascending };
        let page = self.slice(slice, limit, None).await?;
        let owed = page.items.iter().filter_map(|item| {
            let key = Key::of_item(item);
            match kind {
                TodoKind::Job => key.job_id().map(Owed::Job),
                TodoKind::Run | TodoKind::Counts => key.run_id().map(Owed::Run),
                TodoKind::Agent => key.agent_id().map(Owed::Agent),
                TodoKind::Events => key.outbox().map(Owed::Events),
                TodoKind::Notice => key.flow_id().map(Owed::Turns).or_else(|| key.run_id().map(Owed::Notices)),
                // Its id is more than an owed thing says: they are asked for by themselves.
                TodoKind::Delivery => None,
                TodoKind::Trigger => key.trigger().map(|(stage, kind)| Owed::Trigger(stage, kind)),
                TodoKind::Retention => {
                    let of_branch = |branch| if key.is_move() { Owed::Moving(branch) } else { Owed::Sweep(branch) };
                    key.flow_id().map(Owed::Going).or_else(|| key.branch_id().map(of_branch))
                }
            }
        });
        Ok(owed.collect())
    }
}
