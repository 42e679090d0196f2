//! Taking the whole table out, and putting it into an empty one. The only place that scans.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use kraken_domain::{
    RunId, Timestamp,
    agent::{Agent, AgentState},
    job::Job,
    run::RunCounts,
};
use serde_json::{Map, Value};

use crate::{
    Commit, CommitError, Guard, Key, Paged, Store, StoreError,
    counts::to_item as counts_item,
    cursor::Cursor,
    entity::{Item, from_item, to_item},
    error::failed,
    keys::attribute,
};

/// The most items that one batch writes.
pub const ITEMS_PER_BATCH: usize = 25;
/// Rounds of a batch that the table takes in parts.
const ROUNDS_MAX: usize = 20;

impl Store {
    /// Whether there is nothing in the table that people or agents made, tokens apart.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every call here.
    pub async fn is_new(&self) -> Result<bool, StoreError> {
        Ok(self.projects(1, None).await?.items.is_empty() && self.agents(1, None).await?.items.is_empty())
    }

    /// A page of all items as JSON: texts as texts, numbers as numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, after: Option<&Cursor>) -> Result<Paged<Value>, StoreError> {
        let start = after.map(|cursor| cursor.any_start_key(&[attribute::PARTITION, attribute::SORT])).transpose()?;
        let call = self.client.scan().table_name(&*self.table).consistent_read(true).set_exclusive_start_key(start);
        let answer = call.send().await.map_err(|error| failed("Scan", error))?;
        let items = answer.items.unwrap_or_default().iter().map(to_json).collect();
        Ok(Paged { items, next: answer.last_evaluated_key.as_ref().map(Cursor::of) })
    }
}

/// Puts exported items into a new table.
///
/// Facts are taken as they are. What only held for the system they came from is not: agents are offline until they are heard of
/// here, and the counts of runs are counted anew from their jobs, which may have moved while they were exported.
#[derive(Debug)]
pub struct Import {
    store: Store,
    now: Timestamp,
    counts: BTreeMap<RunId, RunCounts>,
    waiting: Vec<Item>,
}

impl Import {
    /// An import into `store`, which notes that it began: until it is finished it may be begun again.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn begin(store: Store, now: Timestamp) -> Result<Self, StoreError> {
        let mut commit = Commit::new();
        commit.overwrite(&Guard::Importing { since: now })?;
        store.commit(commit).await.map_err(only_the_table)?;
        Ok(Self { store, now, counts: BTreeMap::new(), waiting: Vec::new() })
    }

    /// Takes one exported item.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for what is no item; [`StoreError`] when the table failed.
    pub async fn take(&mut self, exported: &Value) -> Result<(), StoreError> {
        let item = of_json(exported)?;
        let key = Key::of_item(&item);
        if key.is_counts() || key.is_seen() || key.is_importing() {
            return Ok(());
        }
        let item = if key.is_agent() { at_rest(&from_item::<Agent>(&item)?.value, self.now)? } else { item };
        if let Some(id) = key.job_id() {
            let job = from_item::<Job>(&item)?.value;
            if !self.counts.contains_key(&id.run) {
                // What an earlier try may have left. What moves from here on is added, as ever.
                self.push(counts_item(id.run, RunCounts::default(), self.now)).await?;
            }
            let counts = self.counts.entry(id.run).or_default();
            *counts = counts.plus(RunCounts::of(&job));
        }
        self.push(item).await
    }

    async fn push(&mut self, item: Item) -> Result<(), StoreError> {
        self.waiting.push(item);
        if self.waiting.len() == ITEMS_PER_BATCH { self.write().await } else { Ok(()) }
    }

    /// Writes what is left. Only now is the import whole.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn finish(mut self) -> Result<(), StoreError> {
        self.write().await?;
        for (run, counts) in std::mem::take(&mut self.counts) {
            let mut commit = Commit::new();
            commit.add_counts(run, counts, self.now);
            self.store.commit(commit).await.map_err(only_the_table)?;
        }
        let mut commit = Commit::new();
        commit.forget(&Guard::Importing { since: self.now });
        self.store.commit(commit).await.map_err(only_the_table)
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        let refused = |detail: String| StoreError::Refused { operation: "BatchWriteItem", detail };
        let table = self.store.table.to_string();
        let mut open = Vec::with_capacity(self.waiting.len());
        for item in self.waiting.drain(..) {
            let put = PutRequest::builder().set_item(Some(item)).build().map_err(|error| refused(error.to_string()))?;
            open.push(WriteRequest::builder().put_request(put).build());
        }
        for _ in 0..ROUNDS_MAX {
            if open.is_empty() {
                return Ok(());
            }
            let call = self.store.client.batch_write_item().request_items(&table, open);
            let answer = call.send().await.map_err(|error| failed("BatchWriteItem", error))?;
            open = answer.unprocessed_items.and_then(|mut tables| tables.remove(&table)).unwrap_or_default();
        }
        Err(StoreError::Unavailable("BatchWriteItem: the table takes no more".to_owned()))
    }
}

/// A write without a condition can only fail because of the table.
fn only_the_table(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        CommitError::Refused(_) => StoreError::Unavailable("refused without a condition".to_owned()),
    }
}

/// An agent that has not been heard of yet.
fn at_rest(agent: &Agent, now: Timestamp) -> Result<Item, StoreError> {
    let state = match agent.state {
        AgentState::Idle { .. } | AgentState::Busy { .. } | AgentState::Offline { .. } => AgentState::Offline { since: now },
        AgentState::Disabled { .. } => AgentState::Disabled { job: None },
        AgentState::Discovered => AgentState::Discovered,
        AgentState::Deleted => AgentState::Deleted,
    };
    to_item(&Agent { state, ..agent.clone() }, 1)
}

fn to_json(item: &Item) -> Value {
    let value = |attribute: &AttributeValue| match attribute {
        AttributeValue::S(text) => Some(Value::from(text.as_str())),
        AttributeValue::N(number) => serde_json::from_str(number).ok(),
        // The table holds nothing else.
        _ => None,
    };
    Value::Object(item.iter().filter_map(|(name, attribute)| Some((name.clone(), value(attribute)?))).collect::<Map<_, _>>())
}

fn of_json(exported: &Value) -> Result<Item, StoreError> {
    let unreadable =
        |detail: &str| StoreError::Unreadable { key: "(export)".to_owned(), kind: "an exported item", detail: detail.to_owned() };
    let fields = exported.as_object().ok_or_else(|| unreadable("it is not an object"))?;
    let mut item = HashMap::with_capacity(fields.len());
    for (name, value) in fields {
        let attribute = match value {
            Value::String(text) => AttributeValue::S(text.clone()),
            Value::Number(number) => AttributeValue::N(number.to_string()),
            _ => return Err(unreadable(&format!("its {name} is neither text nor number"))),
        };
        item.insert(name.clone(), attribute);
    }
    let has_key = [attribute::PARTITION, attribute::SORT].iter().all(|name| item.contains_key(*name));
    if has_key { Ok(item) } else { Err(unreadable("it has no key")) }
}
