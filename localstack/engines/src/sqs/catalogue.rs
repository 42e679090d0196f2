//! The queues there are. Read on every request, changed rarely, so they are held in memory beside their rows.
//!
//! Invariant: memory follows the database. After a transaction that could not be committed it is read anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

use super::fault::{Fault, FaultKind};
use super::names;
use super::settings::Settings;

/// One queue.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) settings: Settings,
    pub(super) created_ms: i64,
    pub(super) modified_ms: i64,
}

/// All queues, by name.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    by_name: BTreeMap<String, Arc<Queue>>,
    names: BTreeMap<i64, String>,
}

impl Catalogue {
    pub(super) fn load(db: &Connection) -> rusqlite::Result<Self> {
        let mut catalogue = Self::default();
        let mut select = db.prepare("SELECT id, name, attributes, created_ms, modified_ms FROM queues")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let given = serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default();
            let name: String = row.get(1)?;
            // They were checked when they were stored; if a later version is stricter, the defaults hold.
            let settings = Settings::new(given)
                .or_else(|_| Settings::new(BTreeMap::new()))
                .map_err(|fault| rusqlite::Error::ToSqlConversionFailure(fault.into()))?;
            let queue = Queue { id: row.get(0)?, name, settings, created_ms: row.get(3)?, modified_ms: row.get(4)? };
            catalogue.insert(queue);
        }
        Ok(catalogue)
    }

    pub(super) fn named(&self, name: &str) -> Result<Arc<Queue>, Fault> {
        self.by_name.get(name).cloned().ok_or_else(Fault::no_queue)
    }

    pub(super) fn numbered(&self, id: i64) -> Option<Arc<Queue>> {
        self.by_name.get(self.names.get(&id)?).cloned()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Queue>> {
        self.by_name.values()
    }

    /// Up to `limit` names that start with `prefix`, in order, after the name `after`.
    pub(super) fn list(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
        self.by_name
            .keys()
            .filter(|name| name.starts_with(prefix) && after.is_none_or(|after| name.as_str() > after))
            .take(limit)
            .cloned()
            .collect()
    }

    /// Makes a queue, or finds that the one of this name is as wanted.
    pub(super) fn create(&mut self, db: &Connection, now: i64, name: &str, wanted: BTreeMap<String, String>) -> Result<(), Fault> {
        if let Some(queue) = self.by_name.get(name) {
            return queue.settings.satisfies(&wanted);
        }
        let settings = Settings::new(wanted)?;
        names::check_new(name, settings.fifo)?;
        self.check_redrive(name, &settings)?;
        db.prepare_cached("INSERT INTO queues (name, attributes, created_ms, modified_ms) VALUES (?1, ?2, ?3, ?3)")?.execute(params![
            name,
            settings.to_json(),
            now
        ])?;
        let id = db.last_insert_rowid();
        self.insert(Queue { id, name: name.to_owned(), settings, created_ms: now, modified_ms: now });
        Ok(())
    }

    pub(super) fn change(&mut self, db: &Connection, now: i64, name: &str, changes: BTreeMap<String, String>) -> Result<(), Fault> {
        let queue = self.named(name)?;
        let settings = queue.settings.with(changes)?;
        self.check_redrive(name, &settings)?;
        db.prepare_cached("UPDATE queues SET attributes = ?2, modified_ms = ?3 WHERE id = ?1")?.execute(params![
            queue.id,
            settings.to_json(),
            now
        ])?;
        self.insert(Queue { settings, modified_ms: now, ..Queue::clone(&queue) });
        Ok(())
    }

    /// Removes the queue itself; its messages are the caller's.
    pub(super) fn remove(&mut self, db: &Connection, name: &str) -> Result<Arc<Queue>, Fault> {
        let queue = self.named(name)?;
        db.prepare_cached("DELETE FROM queues WHERE id = ?1")?.execute([queue.id])?;
        self.by_name.remove(name);
        self.names.remove(&queue.id);
        Ok(queue)
    }

    fn insert(&mut self, queue: Queue) {
        self.names.insert(queue.id, queue.name.clone());
        self.by_name.insert(queue.name.clone(), Arc::new(queue));
    }

    /// A dead-letter queue must be there, be of the same kind, and be another queue.
    fn check_redrive(&self, name: &str, settings: &Settings) -> Result<(), Fault> {
        let Some(redrive) = &settings.redrive else { return Ok(()) };
        let reason = match self.by_name.get(&redrive.target) {
            _ if redrive.target == name => "A queue can't be its own dead letter target.",
            None => "Dead letter target does not exist.",
            Some(target) if target.settings.fifo != settings.fifo => "Dead letter target must be same type of queue as the source.",
            Some(_) => return Ok(()),
        };
        Err(Fault::new(
            FaultKind::InvalidParameterValue,
            format!("Value {} for parameter RedrivePolicy is invalid. Reason: {reason}", redrive.target),
        ))
    }
}
