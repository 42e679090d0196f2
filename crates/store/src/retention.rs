//! What retention finds and removes: flows from the oldest on, and all that lies below one, whatever it is.
//!
//! Invariant: what is removed here belongs to a flow, or a branch, that nobody sees any more. Each call can be made again.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    BranchId, FlowId, RunId,
    flow::{Flow, FlowKind},
    job::Job,
    retention::{Newest, Sweep},
    run::Run,
};

use crate::{
    ArtifactBatch, Cursor, Entity, Indexes, Key, Store, StoreError, TodoKind, Versioned,
    entity::{Item, from_item},
    error::failed,
    keys::{self, attribute},
    read::{Order, Slice},
    table::list_index,
};

/// Flows that one read brings when the newest are counted.
const COUNTED_AT_ONCE: u32 = 1000;

impl Entity for Sweep {
    const KIND: &'static str = "a look at what is past its time";

    fn key(&self) -> Key {
        keys::sweep(self.branch)
    }

    fn stamp(&self) -> u64 {
        // Never that of a look that was read before it was written over.
        u64::try_from(self.due.as_millisecond()).unwrap_or(1)
    }

    fn indexes(&self) -> Indexes {
        Indexes { todo: Some((TodoKind::Retention, self.due)), ..Indexes::default() }
    }
}

/// An item that goes with what it lies below.
#[derive(Clone, Debug)]
pub struct Left {
    key: Key,
    /// What it is.
    pub what: LeftOver,
}

/// What of an item must be known before it goes.
#[derive(Clone, Debug)]
pub enum LeftOver {
    /// A run, with its jobs below it.
    Run(Box<Run>),
    /// A job: its log and artifacts lie in the object store.
    Job(Box<Job>),
    /// Artifacts.
    Artifacts(Box<ArtifactBatch>),
    /// Something that is still to be told.
    Untold,
    /// A flow, or a branch's sweep: goes last.
    Root,
    /// Anything else.
    Other,
}

impl Left {
    /// A record that is known already.
    pub fn record<E: Entity>(record: &E) -> Self {
        Self { key: record.key(), what: LeftOver::Other }
    }

    fn of(item: &Item) -> Self {
        let key = Key::of_item(item);
        let what = if key.is_run() {
            from_item(item).map(|run: Versioned<Run>| LeftOver::Run(Box::new(run.value)))
        } else if key.job_id().is_some() {
            from_item(item).map(|job: Versioned<Job>| LeftOver::Job(Box::new(job.value)))
        } else if key.is_artifacts() {
            from_item(item).map(|batch: Versioned<ArtifactBatch>| LeftOver::Artifacts(Box::new(batch.value)))
        } else if key.is_untold() || key.is_turns() {
            Ok(LeftOver::Untold)
        } else if key.is_flow() || key.is_sweep() {
            Ok(LeftOver::Root)
        } else {
            Ok(LeftOver::Other)
        };
        let what = what.unwrap_or_else(|error| {
            tracing::error!(%key, %error, "an item cannot be read and is removed without what it names");
            LeftOver::Other
        });
        Self { key, what }
    }
}

impl Store {
    /// When the flows of a branch are looked at.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every call here.
    pub async fn sweep(&self, branch: BranchId) -> Result<Option<Versioned<Sweep>>, StoreError> {
        self.record(&keys::sweep(branch)).await
    }

    /// The newest flows of a branch by the list of them, so many counted; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_flows(&self, branch: BranchId, kind: FlowKind, counted: u32) -> Result<Option<Newest>, StoreError> {
        let (mut ids, mut after): (Vec<FlowId>, Option<Cursor>) = (Vec::new(), None);
        let partition = keys::flows_of(branch, kind);
        while ids.len() < counted as usize {
            let limit = COUNTED_AT_ONCE.min(counted - u32::try_from(ids.len()).unwrap_or(u32::MAX));
            let slice = Slice { index: list_index(), partition: &partition, range: None, order: Order::Descending };
            let page = self.slice(slice, limit, after.as_ref()).await?;
            ids.extend(page.items.iter().filter_map(|item| Key::of_item(item).flow_id()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(Newest::of(ids, counted))
    }

    /// Flows of a branch in the order in which they were made, those after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn oldest_flows(
        &self,
        branch: BranchId,
        kind: FlowKind,
        after: Option<FlowId>,
        limit: u32,
    ) -> Result<Vec<Versioned<Flow>>, StoreError> {
        let partition = keys::flows_of(branch, kind);
        let range = after.map(|flow| ("#sort > :after", vec![(":after", AttributeValue::S(flow.to_string()))]));
        let slice = Slice { index: list_index(), partition: &partition, range, order: Order::Ascending };
        self.slice(slice, limit, None).await?.items.iter().map(from_item).collect()
    }

    /// The first items below a flow, the flow itself among them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn below_flow(&self, flow: FlowId, limit: u32) -> Result<Vec<Left>, StoreError> {
        self.first_below(keys::below_flow(flow), limit).await
    }

    /// The first items below a run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn below_run(&self, run: RunId, limit: u32) -> Result<Vec<Left>, StoreError> {
        self.first_below(keys::below_run(run), limit).await
    }

    /// The first items below a branch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn below_branch(&self, branch: BranchId, limit: u32) -> Result<Vec<Left>, StoreError> {
        self.first_below(keys::below_branch(branch), limit).await
    }

    async fn first_below(&self, partition: String, limit: u32) -> Result<Vec<Left>, StoreError> {
        let call = self.client.query().table_name(&*self.table).consistent_read(true).key_condition_expression("#pk = :pk");
        let call = call.expression_attribute_names("#pk", attribute::PARTITION);
        let call = call.expression_attribute_values(":pk", AttributeValue::S(partition));
        let answer = call.limit(limit.try_into().unwrap_or(i32::MAX)).send().await.map_err(|error| failed("Query", error))?;
        Ok(answer.items.unwrap_or_default().iter().map(Left::of).collect())
    }

    /// Removes these items. What is gone already stays so.
    ///
    /// # Errors
    /// [`StoreError`]: some may be gone.
    pub async fn remove(&self, items: &[Left]) -> Result<(), StoreError> {
        self.remove_items(items.iter().map(|item| item.key.clone())).await
    }
}
