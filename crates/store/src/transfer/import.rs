//! Putting exported items into a new table.
//!
//! Facts are taken as they are. What only held for the system they came from is not: agents are offline until they are heard of here, the
//! counts of runs and the order of their jobs are learnt anew from the jobs, which may have moved while they were exported, and events that
//! wait and notices that are owed are told by the system that they happened in.
//!
//! Invariant: the counts of a run are always those of its jobs in the table. A job is written together with what it changes in them, on
//! the condition that the job is as it was read; so pages may come twice, and jobs may move meanwhile.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use kraken_domain::{
    RunId, Timestamp,
    agent::{Agent, AgentState},
    job::Job,
    needs::Ended,
    notice::Notice,
    run::{Run, RunCounts, RunState},
};
use serde_json::Value;

use super::of_json;
use crate::{
    Commit, CommitError, Guard, Key, Store, StoreError, Versioned,
    batch::ITEMS_PER_BATCH,
    entity::{Item, from_item, number, to_item},
    keys::attribute,
};

/// Jobs that are written together: with 64 KB each they stay within the 4 MB of a transaction.
const JOBS_PER_COMMIT: usize = 50;
/// How often jobs are read again that moved before they were written.
const LOOKS: usize = 6;

impl Store {
    /// Notes that an import began: until it is ended it may be begun again.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn begin_import(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut commit = Commit::new();
        commit.overwrite(&Guard::Importing { since: now })?;
        self.commit(commit).await.map_err(only_the_table)
    }

    /// Notes that the import is whole. Nothing happens if there is none.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn end_import(&self) -> Result<(), StoreError> {
        let mut commit = Commit::new();
        commit.forget(&Guard::NO_IMPORT);
        self.commit(commit).await.map_err(only_the_table)
    }

    /// Writes a page of exported items. The same page again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for what is no item, before anything is written; [`StoreError`] when the table failed.
    pub async fn import(&self, exported: &[Value], now: Timestamp) -> Result<(), StoreError> {
        // By key: one batch must not name an item twice.
        let mut items: HashMap<Key, Item> = HashMap::new();
        let mut jobs: BTreeMap<RunId, BTreeMap<u32, (Key, Item, Job)>> = BTreeMap::new();
        for item in exported {
            let item = of_json(item)?;
            let key = Key::of_item(&item);
            if key.is_counts() || key.is_seen() || key.is_importing() || key.is_untold() || key.is_turns() || key.is_order() {
                continue;
            }
            if let Some(id) = key.job_id() {
                let job = from_item::<Job>(&item)?.value;
                jobs.entry(id.run).or_default().insert(id.number, (key, item, job));
                continue;
            }
            let item = if key.is_agent() {
                at_rest(&from_item(&item)?, now)?
            } else if key.is_run() {
                anew(&item)?
            } else if key.is_notice() {
                told_there(&from_item(&item)?, now)?
            } else {
                item
            };
            items.insert(key, item);
        }
        self.mark(&mut items).await?;
        let items: Vec<Item> = items.into_values().collect();
        for batch in items.chunks(ITEMS_PER_BATCH) {
            let puts = batch.iter().map(|item| Ok(WriteRequest::builder().put_request(put(item)?).build()));
            self.write_batch(puts.collect::<Result<_, StoreError>>()?).await?;
        }
        for (run, jobs) in jobs {
            let jobs: Vec<(Key, Item, Job)> = jobs.into_values().collect();
            for some in jobs.chunks(JOBS_PER_COMMIT) {
                self.write_jobs(run, some, now).await?;
            }
        }
        Ok(())
    }

    /// Marks what came where this system may have its own, so that giving up takes only what came. Of its own settings nothing is overwritten:
    /// they may hold what no export does. Its own tokens and groups stay its own, whatever they come to.
    async fn mark(&self, items: &mut HashMap<Key, Item>) -> Result<(), StoreError> {
        let keys: Vec<Key> = items.keys().filter(|key| key.may_be_of_a_new_system()).cloned().collect();
        let there = self.items(&keys).await?;
        for (key, there) in keys.into_iter().zip(there) {
            if there.is_none_or(|there| there.contains_key(attribute::IMPORTED)) {
                if let Some(item) = items.get_mut(&key) {
                    item.insert(attribute::IMPORTED.to_owned(), AttributeValue::N("1".to_owned()));
                }
            } else if key.is_settings() {
                items.remove(&key);
            }
        }
        Ok(())
    }

    /// Writes jobs of one run over what is there, and what that changes in the counts of the run.
    async fn write_jobs(&self, run: RunId, jobs: &[(Key, Item, Job)], now: Timestamp) -> Result<(), StoreError> {
        let keys: Vec<Key> = jobs.iter().map(|(key, _, _)| key.clone()).collect();
        for _ in 0..LOOKS {
            let (mut commit, mut change, mut ended) = (Commit::new(), RunCounts::default(), Vec::new());
            for ((key, item, job), there) in jobs.iter().zip(self.items(&keys).await?) {
                if there.as_ref() == Some(item) {
                    continue;
                }
                let before = there.as_ref().map(from_item::<Job>).transpose()?;
                if Ended::of(None, job).is_some() && job.covered_by.is_none() {
                    ended.push(job.id.number);
                }
                change = change.plus(RunCounts::change(before.as_ref().map(|before| &before.value), job));
                commit.put_item(key.clone(), item.clone(), there.map(|there| number(&there, attribute::VERSION)));
            }
            commit.add_counts(run, change, now);
            if !ended.is_empty() {
                commit.overwrite(&Ended { run, jobs: ended })?;
            }
            match self.commit(commit).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Refused(_)) => {}
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
        Err(StoreError::Unavailable(format!("jobs of run {run} move faster than they can be written")))
    }
}

fn put(item: &Item) -> Result<PutRequest, StoreError> {
    let put = PutRequest::builder().set_item(Some(item.clone())).build();
    put.map_err(|error| StoreError::Refused { operation: "BatchWriteItem", detail: error.to_string() })
}

/// A write without a condition can only fail because of the table.
fn only_the_table(error: CommitError) -> StoreError {
    match error {
        CommitError::Store(error) => error,
        CommitError::Refused(_) => StoreError::Unavailable("refused without a condition".to_owned()),
    }
}

/// What is still to be told of the past is told by the system that it happened in: from here it would come a second time, or late.
fn told_there(notice: &Versioned<Notice>, now: Timestamp) -> Result<Item, StoreError> {
    match notice.given_up("it was still to be sent when everything moved to this system", now) {
        Some(given_up) => to_item(&given_up, notice.version + 1),
        None => to_item(&notice.value, notice.version),
    }
}

/// A run that waited for its turn asks for it anew: whoever would have let it on may have done so while it was exported.
fn anew(item: &Item) -> Result<Item, StoreError> {
    let run = from_item::<Run>(item)?;
    match run.state {
        RunState::Waiting { .. } => to_item(&Run { state: RunState::Creating, ..run.value.clone() }, run.version + 1),
        _ => Ok(item.clone()),
    }
}

/// An agent that has not been heard of yet.
fn at_rest(agent: &Versioned<Agent>, now: Timestamp) -> Result<Item, StoreError> {
    let state = match agent.state {
        AgentState::Idle { .. } | AgentState::Busy { .. } | AgentState::Offline { .. } => AgentState::Offline { since: now, left: false },
        AgentState::Disabled { .. } => AgentState::Disabled { job: None },
        AgentState::Discovered => AgentState::Discovered,
        AgentState::Deleted => AgentState::Deleted,
    };
    // Never a version that it had before: events are told apart by it.
    to_item(&Agent { state, ..agent.value.clone() }, agent.version + 1)
}
