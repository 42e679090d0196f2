//! Objects that came to be and that somebody wants to hear of: a row each, written in the transaction that makes the object.
//!
//! Invariants: an object that matches a rule and its row become durable together, at no cost beyond the row; a row goes only after its
//! news was sent. Removing rows waits for the next commit, or for [`FORGET_AFTER`] without one: rows that a crash keeps are sent again.

use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use super::{CatalogueError, Created};
use crate::s3::Rule;

/// Rows that were sent are removed by a commit of their own when none came for so long.
pub(crate) const FORGET_AFTER: Duration = Duration::from_secs(1);

/// What is to be told.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Larger for what came later; never used twice.
    pub(crate) seq: i64,
    pub(crate) created: Created,
}

/// What the writer and those who tell share.
pub(crate) struct News {
    rules: RwLock<Vec<Rule>>,
    /// Numbers of rows that are to be removed.
    sent: Mutex<Vec<i64>>,
    bell: watch::Sender<()>,
}

impl Default for News {
    fn default() -> Self {
        Self { rules: RwLock::default(), sent: Mutex::default(), bell: watch::Sender::new(()) }
    }
}

impl News {
    /// From now on objects that match `rule` are news; it replaces the one with its id.
    pub(crate) fn want(&self, rule: Rule) {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        rules.retain(|other| other.id != rule.id);
        rules.push(rule);
    }

    /// Changes with every commit that holds news.
    pub(crate) fn bell(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// These were sent: their rows go with the next commit.
    pub(crate) fn sent(&self, numbers: impl IntoIterator<Item = i64>) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).extend(numbers);
    }

    /// Whether rows wait to be removed.
    pub(crate) fn has_sent(&self) -> bool {
        !self.sent.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(super) fn take_sent(&self) -> Vec<i64> {
        std::mem::take(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ring(&self) {
        self.bell.send_replace(());
    }

    /// Writes rows for what somebody wants to hear of. Says whether there was any.
    pub(super) fn record(&self, connection: &Connection, created: &[Created]) -> Result<bool, CatalogueError> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let mut any = false;
        for object in created {
            for rule in rules.iter().filter(|rule| rule.matches(object)) {
                any = true;
                let Created { bucket, key, size, etag, how, at_ms } = object;
                connection
                    .prepare_cached("INSERT INTO news (rule, bucket, key, size, etag, how, at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                    .execute((&rule.id, bucket, key, size, etag, how.as_str(), at_ms))?;
            }
        }
        Ok(any)
    }
}

/// Removes the rows.
pub(super) fn remove(connection: &Connection, numbers: &[i64]) -> Result<(), CatalogueError> {
    let mut statement = connection.prepare_cached("DELETE FROM news WHERE seq = ?1")?;
    for seq in numbers {
        statement.execute([seq])?;
    }
    Ok(())
}

/// The first `limit` news of a rule after number `after`, oldest first.
pub(crate) fn page(connection: &Connection, rule: &str, after: i64, limit: usize) -> Result<Vec<Item>, CatalogueError> {
    let mut statement = connection
        .prepare_cached("SELECT seq, bucket, key, size, etag, how, at_ms FROM news WHERE seq > ?1 AND rule = ?2 ORDER BY seq LIMIT ?3")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((after, rule, limit))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let how: String = row.get(5)?;
        let how = how.parse().map_err(|()| CatalogueError::Storage(format!("a row of news has the damaged kind {how:?}")))?;
        let created = Created { bucket: row.get(1)?, key: row.get(2)?, size: row.get(3)?, etag: row.get(4)?, how, at_ms: row.get(6)? };
        items.push(Item { seq: row.get(0)?, created });
    }
    Ok(items)
}
