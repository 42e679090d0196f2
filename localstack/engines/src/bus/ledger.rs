//! What the bus keeps: who listens to what, and the deliveries that nobody has acknowledged yet.
//!
//! Invariant: an event is stored once for each subscriber that wants it, in the transaction that accepts it, and
//! stays until that subscriber acknowledges it or it is too old to be of use.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use super::BusError;
use super::event::Event;
use super::pattern::Pattern;
use crate::clock::Now;
use crate::group_commit::{self, DatabaseError, Unavailable};

const FILE: &str = "events.sqlite3";
/// How long an event is offered, in milliseconds; EventBridge gives up after 24 hours too.
const RETENTION_MS: i64 = 24 * 60 * 60 * 1000;
const FIRST_RETRY_MS: i64 = 1_000;
const LAST_RETRY_MS: i64 = 300_000;

const FORMATS: &[&str] = &["
CREATE TABLE subscriptions (
    name TEXT PRIMARY KEY,
    pattern TEXT NOT NULL
) STRICT;
CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber TEXT NOT NULL,
    put_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    event TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (subscriber, due_ms);
"];

/// A delivery to make.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    pub(super) seq: i64,
    pub(super) attempts: i64,
    pub(super) event: Event,
}

pub(super) struct Ledger {
    db: Connection,
    clock: Now,
    subscriptions: BTreeMap<String, Pattern>,
}

impl Ledger {
    pub(super) fn open(dir: &Path, clock: Now) -> Result<Self, BusError> {
        let db = group_commit::open(dir, FILE, FORMATS)?;
        let sqlite = |source| DatabaseError::Sqlite { path: dir.join(FILE), source };
        let subscriptions = subscriptions(&db).map_err(sqlite)?;
        Ok(Self { db, clock, subscriptions })
    }

    fn now(&self) -> i64 {
        (self.clock)().as_millisecond()
    }

    pub(super) fn subscribe(&mut self, name: &str, pattern: Pattern) -> Result<(), BusError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO subscriptions (name, pattern) VALUES (?1, ?2)")?
            .execute(params![name, pattern.as_str()])?;
        self.subscriptions.insert(name.to_owned(), pattern);
        Ok(())
    }

    pub(super) fn unsubscribe(&mut self, name: &str) -> Result<(), BusError> {
        for delete in ["DELETE FROM subscriptions WHERE name = ?1", "DELETE FROM deliveries WHERE subscriber = ?1"] {
            self.db.prepare_cached(delete)?.execute([name])?;
        }
        self.subscriptions.remove(name);
        Ok(())
    }

    /// Stores the events for those who want them, and says who that is.
    pub(super) fn put(&mut self, events: &[Event]) -> Result<Vec<String>, BusError> {
        let now = self.now();
        let mut wanted_by = Vec::new();
        let mut insert = self.db.prepare_cached("INSERT INTO deliveries (subscriber, put_ms, due_ms, event) VALUES (?1, ?2, ?2, ?3)")?;
        for event in events {
            let value = serde_json::to_value(event)?;
            for (name, pattern) in &self.subscriptions {
                if pattern.matches(&value) {
                    insert.execute(params![name, now, value.to_string()])?;
                    wanted_by.push(name.clone());
                }
            }
        }
        wanted_by.dedup();
        Ok(wanted_by)
    }

    /// Up to `limit` deliveries that are due, the oldest first.
    pub(super) fn due(&self, subscriber: &str, limit: usize) -> Result<Vec<Delivery>, BusError> {
        let now = self.now();
        let mut select = self.db.prepare_cached(
            "SELECT seq, attempts, event, put_ms FROM deliveries WHERE subscriber = ?1 AND due_ms <= ?2 ORDER BY due_ms, seq LIMIT ?3",
        )?;
        let mut rows = select.query(params![subscriber, now, limit])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get(0)?;
            match serde_json::from_str(&row.get::<_, String>(2)?) {
                Ok(event) if row.get::<_, i64>(3)? + RETENTION_MS > now => due.push(Delivery { seq, attempts: row.get(1)?, event }),
                _ => {
                    tracing::error!(subscriber, delivery.seq = seq, "an event was given up: nobody acknowledged it within a day");
                    self.acknowledge(seq)?;
                }
            }
        }
        Ok(due)
    }

    /// Milliseconds until the next delivery is due, given that none is now.
    pub(super) fn next_due(&self, subscriber: &str) -> Result<Option<i64>, BusError> {
        let next: Option<i64> = self
            .db
            .prepare_cached("SELECT min(due_ms) FROM deliveries WHERE subscriber = ?1")?
            .query_row([subscriber], |row| row.get(0))?;
        Ok(next.map(|due| due - self.now()))
    }

    pub(super) fn acknowledge(&self, seq: i64) -> Result<(), BusError> {
        self.db.prepare_cached("DELETE FROM deliveries WHERE seq = ?1")?.execute([seq])?;
        Ok(())
    }

    /// The delivery failed: make it again, later after each failure.
    pub(super) fn retry(&self, delivery: &Delivery) -> Result<(), BusError> {
        let doublings = u32::try_from(delivery.attempts.clamp(0, 16)).unwrap_or_default();
        let wait = (FIRST_RETRY_MS << doublings).min(LAST_RETRY_MS);
        self.db
            .prepare_cached("UPDATE deliveries SET attempts = attempts + 1, due_ms = ?2 WHERE seq = ?1")?
            .execute([delivery.seq, self.now() + wait])?;
        Ok(())
    }
}

fn subscriptions(db: &Connection) -> rusqlite::Result<BTreeMap<String, Pattern>> {
    let mut select = db.prepare("SELECT name, pattern FROM subscriptions")?;
    let mut rows = select.query([])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        // A pattern that this version doesn't know hears too much rather than too little; its owner subscribes anew.
        all.insert(row.get(0)?, Pattern::parse(&text).unwrap_or_else(|_| Pattern::all()));
    }
    Ok(all)
}

impl group_commit::Ledger for Ledger {
    fn connection(&self) -> &Connection {
        &self.db
    }

    fn settle(&mut self) -> rusqlite::Result<()> {
        Ok(())
    }

    fn finished(&mut self, durable: bool) {
        if !durable {
            match subscriptions(&self.db) {
                Ok(all) => self.subscriptions = all,
                Err(error) => tracing::error!(%error, "the subscriptions could not be read again after a failed transaction"),
            }
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        None
    }
}

impl From<Unavailable> for BusError {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}
