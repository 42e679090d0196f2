//! Writing: all of a commit or nothing of it, each record on the condition that it is as it was read.

mod refusal;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use kraken_domain::{Timestamp, audit::Made, news::News};

use self::refusal::{cancelled, delete_refused, put_refused, refused_or};
use crate::{
    Entity, Key, Store, StoreError, Versioned, audit,
    counts::CountsChange,
    entity::{Item, to_item},
    error::failed,
    keys::attribute,
    notices,
    sequence::NumbersChange,
    untold,
};

/// The most writes that one commit can hold. The table takes 100; four are left for the events and turns of the others, and for who did it.
pub const WRITES_MAX: usize = 96;

/// Why a commit did nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else was faster: read again, decide again.
    #[error("{} changed since it was read", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "))]
    Refused(Vec<Key>),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommitError {
    /// Whether the record with that key was what somebody else changed.
    pub fn refused(&self, key: &Key) -> bool {
        matches!(self, Self::Refused(keys) if keys.contains(key))
    }
}

/// A set of writes that happen together.
#[derive(Debug, Default)]
#[must_use = "a commit does nothing until it is given to Store::commit"]
pub struct Commit {
    writes: Vec<Write>,
    news: News,
    /// The first thing it makes that people look for.
    made: Option<Made>,
}

#[derive(Debug)]
enum Write {
    Put {
        key: Key,
        item: Item,
        condition: Condition,
    },
    Delete {
        key: Key,
        condition: Condition,
    },
    Check {
        key: Key,
        condition: Condition,
    },
    Count(CountsChange),
    Number(NumbersChange),
    /// Counts that something was made below a record.
    Touch {
        key: Key,
        condition: Condition,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    None,
    Absent,
    Version(u64),
    /// There, whatever it is.
    Present,
    /// Neither written nor touched since it was read.
    Untouched {
        version: u64,
        touched: u64,
    },
}

impl Condition {
    fn expression(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Absent => Some(format!("attribute_not_exists({})", attribute::PARTITION)),
            Self::Version(_) => Some(format!("{} = :version", attribute::VERSION)),
            Self::Present => Some(format!("attribute_exists({})", attribute::PARTITION)),
            Self::Untouched { touched: 0, .. } => {
                Some(format!("{} = :version AND attribute_not_exists({})", attribute::VERSION, attribute::TOUCHED))
            }
            Self::Untouched { .. } => Some(format!("{} = :version AND {} = :touched", attribute::VERSION, attribute::TOUCHED)),
        }
    }

    fn values(self) -> Option<HashMap<String, AttributeValue>> {
        match self {
            Self::None | Self::Absent | Self::Present => None,
            Self::Version(version) | Self::Untouched { version, touched: 0 } => Some(HashMap::from([number(":version", version)])),
            Self::Untouched { version, touched } => Some(HashMap::from([number(":version", version), number(":touched", touched)])),
        }
    }
}

fn number(name: &str, value: u64) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::N(value.to_string()))
}

impl Write {
    fn key(&self) -> Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } | Self::Check { key, .. } | Self::Touch { key, .. } => key.clone(),
            Self::Count(change) => change.key(),
            Self::Number(change) => change.key(),
        }
    }
}

impl Commit {
    /// An empty commit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a record that must not exist yet.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn create<E: Entity>(&mut self, record: &E) -> Result<&mut Self, StoreError> {
        self.news.add(E::news(None, record, 1));
        self.made = self.made.take().or_else(|| record.made());
        self.put(record, 1, Condition::Absent)
    }

    /// Writes `next` over what was read.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn replace<E: Entity>(&mut self, read: &Versioned<E>, next: &E) -> Result<&mut Self, StoreError> {
        self.news.add(E::news(Some(&read.value), next, read.version + 1));
        self.put(next, read.version + 1, Condition::Version(read.version))
    }

    /// Writes `next` over what was read, if nothing has been made below it since.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn replace_alone<E: Entity>(&mut self, read: &Versioned<E>, next: &E) -> Result<&mut Self, StoreError> {
        self.news.add(E::news(Some(&read.value), next, read.version + 1));
        self.put(next, read.version + 1, Condition::Untouched { version: read.version, touched: read.touched })
    }

    /// Writes a record whatever is there.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn overwrite<E: Entity>(&mut self, record: &E) -> Result<&mut Self, StoreError> {
        self.put(record, record.stamp(), Condition::None)
    }

    /// Removes what was read, if nothing has been made below it since.
    pub fn delete<E: Entity>(&mut self, read: &Versioned<E>) -> &mut Self {
        let condition = Condition::Untouched { version: read.version, touched: read.touched };
        self.writes.push(Write::Delete { key: read.value.key(), condition });
        self
    }

    /// Removes whatever is there.
    pub fn forget<E: Entity>(&mut self, record: &E) -> &mut Self {
        self.writes.push(Write::Delete { key: record.key(), condition: Condition::None });
        self
    }

    /// Notes with a record that something is made below it: whoever removes it on an older picture meets this. Only goes through if the
    /// record is there; several at a time are not in each other's way.
    pub fn touch<E: Entity>(&mut self, read: &Versioned<E>) -> &mut Self {
        self.writes.push(Write::Touch { key: read.value.key(), condition: Condition::Present });
        self
    }

    /// The same for what takes something over from the record: only goes through if that is as it was read.
    pub fn touch_same<E: Entity>(&mut self, read: &Versioned<E>) -> &mut Self {
        self.writes.push(Write::Touch { key: read.value.key(), condition: Condition::Version(read.version) });
        self
    }

    /// The same for what depends on what else is below the record: only goes through if nothing was made there since it was read.
    pub fn touch_alone<E: Entity>(&mut self, read: &Versioned<E>) -> &mut Self {
        let condition = Condition::Untouched { version: read.version, touched: read.touched };
        self.writes.push(Write::Touch { key: read.value.key(), condition });
        self
    }

    /// Only goes through if the record is as it was read.
    pub fn require<E: Entity>(&mut self, read: &Versioned<E>) -> &mut Self {
        self.writes.push(Write::Check { key: read.value.key(), condition: Condition::Version(read.version) });
        self
    }

    /// Only goes through if there is no record with the key of this one.
    pub fn require_absent<E: Entity>(&mut self, record: &E) -> &mut Self {
        self.writes.push(Write::Check { key: record.key(), condition: Condition::Absent });
        self
    }

    /// Writes an item as it is, over that version of it; over none if `None`.
    pub(crate) fn put_item(&mut self, key: Key, item: Item, over: Option<u64>) -> &mut Self {
        let condition = over.map_or(Condition::Absent, Condition::Version);
        self.writes.push(Write::Put { key, item, condition });
        self
    }

    pub(crate) fn count(&mut self, change: CountsChange) -> &mut Self {
        self.writes.push(Write::Count(change));
        self
    }

    pub(crate) fn number(&mut self, change: NumbersChange) -> &mut Self {
        self.writes.push(Write::Number(change));
        self
    }

    fn put<E: Entity>(&mut self, record: &E, version: u64, condition: Condition) -> Result<&mut Self, StoreError> {
        self.writes.push(Write::Put { key: record.key(), item: to_item(record, version)?, condition });
        Ok(self)
    }

    /// How many writes it has; at most [`WRITES_MAX`] can be committed together.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

impl Store {
    /// Does all of `commit`, with the events that it makes, or nothing of it. Its measures are shown when it is done.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with the records that are no longer as they were read; [`CommitError::Store`] when the
    /// table failed. An unanswered commit may have happened: deciding again on what is then read shows it.
    pub async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let Commit { mut writes, news, made } = commit;
        // Nobody else writes their keys, and written again they are the same.
        let untold = untold::items(news.events)?;
        let turns = notices::item(news.turns)?;
        writes.extend(untold.into_iter().chain(turns).map(|(key, item)| Write::Put { key, item, condition: Condition::None }));
        let entry = if writes.is_empty() { None } else { audit::to_carry(made.clone()) };
        if let Some(entry) = &entry {
            writes.push(Write::Put { key: entry.key(), item: to_item(entry, 1)?, condition: Condition::None });
        }
        let done = match writes.len() {
            0 => Ok(()),
            1 => self.write_one(writes.remove(0)).await,
            _ => self.write_all(writes).await,
        };
        if entry.is_some() {
            match &done {
                Ok(()) => audit::carried(made),
                Err(_) => audit::not_carried(),
            }
        }
        done?;
        self.observer.note(&news.measures);
        Ok(())
    }

    /// One write alone needs no transaction, which costs twice as much.
    async fn write_one(&self, write: Write) -> Result<(), CommitError> {
        let key = write.key();
        match write {
            Write::Put { item, condition, .. } => {
                let call = self.client.put_item().table_name(&*self.table).set_item(Some(item));
                let call = call.set_condition_expression(condition.expression()).set_expression_attribute_values(condition.values());
                call.send().await.map(drop).map_err(|error| refused_or("PutItem", key, error, put_refused))
            }
            Write::Delete { condition, .. } => {
                let call = self.client.delete_item().table_name(&*self.table).set_key(Some(key.to_item()));
                let call = call.set_condition_expression(condition.expression()).set_expression_attribute_values(condition.values());
                call.send().await.map(drop).map_err(|error| refused_or("DeleteItem", key, error, delete_refused))
            }
            Write::Count(change) => {
                let (expression, names, values) = change.update();
                let call = self.client.update_item().table_name(&*self.table).set_key(Some(key.to_item()));
                let call = call.update_expression(expression).set_expression_attribute_names(Some(names));
                let call = call.set_expression_attribute_values(Some(values));
                call.send().await.map(drop).map_err(|error| failed("UpdateItem", error).into())
            }
            Write::Check { .. } | Write::Number(_) | Write::Touch { .. } => self.write_all(vec![write]).await,
        }
    }

    async fn write_all(&self, writes: Vec<Write>) -> Result<(), CommitError> {
        let keys: Vec<Key> = writes.iter().map(Write::key).collect();
        let items = writes.into_iter().map(|write| self.transact_item(write)).collect::<Result<Vec<_>, StoreError>>()?;
        let sent = self.client.transact_write_items().set_transact_items(Some(items)).send().await;
        sent.map(drop).map_err(|error| cancelled(&keys, error))
    }

    fn transact_item(&self, write: Write) -> Result<TransactWriteItem, StoreError> {
        let table = &*self.table;
        let built =
            |error: aws_sdk_dynamodb::error::BuildError| StoreError::Refused { operation: "TransactWriteItems", detail: error.to_string() };
        let item = TransactWriteItem::builder();
        let item = match write {
            Write::Put { item: record, condition, .. } => {
                let put = Put::builder().table_name(table).set_item(Some(record));
                let put = put.set_condition_expression(condition.expression()).set_expression_attribute_values(condition.values());
                item.put(put.build().map_err(built)?)
            }
            Write::Delete { key, condition } => {
                let delete = Delete::builder().table_name(table).set_key(Some(key.to_item()));
                let delete = delete.set_condition_expression(condition.expression()).set_expression_attribute_values(condition.values());
                item.delete(delete.build().map_err(built)?)
            }
            Write::Check { key, condition } => {
                let check = ConditionCheck::builder().table_name(table).set_key(Some(key.to_item()));
                let check = check.set_condition_expression(condition.expression()).set_expression_attribute_values(condition.values());
                item.condition_check(check.build().map_err(built)?)
            }
            Write::Count(change) => {
                let (expression, names, values) = change.update();
                let update = Update::builder().table_name(table).set_key(Some(change.key().to_item())).update_expression(expression);
                let update = update.set_expression_attribute_names(Some(names)).set_expression_attribute_values(Some(values));
                item.update(update.build().map_err(built)?)
            }
            Write::Touch { key, condition } => {
                let mut values = condition.values().unwrap_or_default();
                values.extend([number(":one", 1)]);
                let update = Update::builder().table_name(table).set_key(Some(key.to_item()));
                let update = update.update_expression(format!("ADD {} :one", attribute::TOUCHED));
                let update = update.set_condition_expression(condition.expression()).set_expression_attribute_values(Some(values));
                item.update(update.build().map_err(built)?)
            }
            Write::Number(change) => {
                let (expression, condition, names, values) = change.update();
                let update = Update::builder().table_name(table).set_key(Some(change.key().to_item())).update_expression(expression);
                let update = update.set_condition_expression(condition).set_expression_attribute_names(Some(names));
                item.update(update.set_expression_attribute_values(values).build().map_err(built)?)
            }
        };
        Ok(item.build())
    }
}

/// When a change of counts asks for a look at the run.
impl Commit {
    /// Adds to the counts of a run's jobs, and has the run looked at (`look_at`) if a job ended.
    pub fn add_counts(&mut self, run: kraken_domain::RunId, change: kraken_domain::run::RunCounts, look_at: Timestamp) -> &mut Self {
        if change.is_zero() { self } else { self.count(CountsChange { run, change, look_at }) }
    }
}
