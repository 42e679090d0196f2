//! What lists and live views are made from in a few reads, however many rows they have.
//!
//! Invariant: no read here is made once per row. Outlines are taken from the keys and versions alone; no document is parsed for them.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    AgentId, BranchId, FlowId, ProjectId, RunId,
    flow::{Flow, FlowKind},
    record::{Branch, Project},
    run::Run,
};

use crate::{
    Cursor, Entity, Key, Store, StoreError, Versioned,
    entity::{Item, from_item, number},
    keys::{self, attribute},
    read::{Order, Slice},
    table::list_index,
};

/// The most rows that one read of an index is asked for; it ends before where the bytes are too many.
const PAGE: u32 = 1000;

/// After so many runs one list of flows reads no more of them.
const RUNS_MAX: usize = 2000;

/// A record by its key and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline<Id> {
    /// Its id.
    pub id: Id,
    /// Counts its writes.
    pub version: u64,
    /// Whether something is owed for it: of a run, it is not over.
    pub owed: bool,
}

impl<Id> Outline<Id> {
    fn of(item: &Item, id: impl FnOnce(&Key) -> Option<Id>) -> Option<Self> {
        Some(Self { id: id(&Key::of_item(item))?, version: number(item, attribute::VERSION), owed: item.contains_key(attribute::TODO) })
    }
}

impl Store {
    /// The runs of flows of a kind in a branch that were made from `oldest` to `newest`, by flow; those of one flow oldest first. Read from the
    /// newest on, and two to three thousand of them at most; the second is the newest flow whose runs may be missing, as may be those of older ones.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn runs_between(
        &self,
        branch: BranchId,
        kind: FlowKind,
        oldest: FlowId,
        newest: FlowId,
    ) -> Result<(Vec<Versioned<Run>>, Option<FlowId>), StoreError> {
        let partition = keys::run_list(branch, kind);
        let (mut all, mut after) = (Vec::<Versioned<Run>>::new(), None);
        loop {
            let [from, to] = keys::runs_listed(oldest, newest).map(AttributeValue::S);
            let range = Some(("#sort BETWEEN :from AND :to", vec![(":from", from), (":to", to)]));
            let slice = Slice { index: list_index(), partition: &partition, range, order: Order::Descending };
            let page = self.slice(slice, PAGE, after.as_ref()).await?;
            for item in &page.items {
                all.push(from_item(item)?);
            }
            after = page.next;
            if after.is_none() || all.len() >= RUNS_MAX {
                let broken_off = all.last().filter(|_| after.is_some()).map(|run| run.id.flow);
                all.reverse();
                return Ok((all, broken_off));
            }
        }
    }

    /// The newest runs of a kind in a branch, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run_outlines(&self, branch: BranchId, kind: FlowKind, limit: u32) -> Result<Vec<Outline<RunId>>, StoreError> {
        let partition = keys::run_list(branch, kind);
        let slice = Slice { index: list_index(), partition: &partition, range: None, order: Order::Descending };
        let page = self.slice(slice, limit, None).await?;
        Ok(page.items.iter().filter_map(|item| Outline::of(item, Key::run_id)).collect())
    }

    /// All agents that are not deleted, in order of joining; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agent_outlines(&self, limit: u32) -> Result<Vec<Outline<AgentId>>, StoreError> {
        let slice = Slice { index: list_index(), partition: keys::AGENTS, range: None, order: Order::Ascending };
        let page = self.slice(slice, limit, None).await?;
        Ok(page.items.iter().filter_map(|item| Outline::of(item, Key::agent_id)).collect())
    }

    /// Many runs, in the order of `ids`; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn runs_by_id(&self, ids: &[RunId]) -> Result<Vec<Option<Versioned<Run>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::run(*id)).collect::<Vec<_>>()).await
    }

    /// Many flows, in the order of `ids`; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn flows_by_id(&self, ids: &[FlowId]) -> Result<Vec<Option<Versioned<Flow>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::flow(*id)).collect::<Vec<_>>()).await
    }

    /// Many branches, in the order of `ids`; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn branches_by_id(&self, ids: &[BranchId]) -> Result<Vec<Option<Versioned<Branch>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::branch(*id)).collect::<Vec<_>>()).await
    }

    /// Many projects, in the order of `ids`; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn projects_by_id(&self, ids: &[ProjectId]) -> Result<Vec<Option<Versioned<Project>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::project(*id)).collect::<Vec<_>>()).await
    }
}

impl Cursor {
    /// Goes on after `record` in the list that it is shown in; `None` when it is in none.
    pub fn after_listed<E: Entity>(record: &E) -> Option<Self> {
        let (list, place) = record.indexes().list?;
        let mut key = record.key().to_item();
        key.insert(attribute::LIST.to_owned(), AttributeValue::S(list));
        key.insert(attribute::LISTED.to_owned(), AttributeValue::S(place));
        Some(Self::of(&key))
    }
}
