//! The state of all queues, owned by one thread: the database, the queues in memory, the receives in line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension};

use super::catalogue::{Catalogue, Queue};
use super::fault::Fault;
use super::receipt::Receipt;
use super::receive::{self, Delivery};
use super::schema::FORMATS;
use super::waiting::{Receiver, Reply, Waiting};
use super::{acknowledge, retention};
use crate::clock::Now;
use crate::group_commit::{self, DatabaseError, Unavailable};

const FILE: &str = "queues.sqlite3";
/// How often, in milliseconds, transactions that change something also sweep.
const SWEEP_EVERY_MS: i64 = 60_000;
/// Message numbers per millisecond; they start from the time, so that they grow even when no message is left.
const NUMBERS_PER_MS: i64 = 1 << 12;
/// The longest the thread sleeps on an alarm: the wait of a receive that asked for the most.
const MAX_NAP: Duration = Duration::from_secs(20);

pub(super) struct Ledger {
    pub(super) db: Connection,
    pub(super) catalogue: Catalogue,
    pub(super) waiting: Waiting,
    clock: Now,
    last_seq: i64,
    swept_ms: i64,
    changes_at_sweep: u64,
    /// Answers that hold once the transaction is committed.
    answers: Vec<(Reply, Vec<Delivery>)>,
    /// Deliveries whose receiver had gone when they were made.
    unwanted: Vec<Receipt>,
    /// Queues were made, changed or deleted in this transaction.
    reshaped: bool,
}

impl Ledger {
    pub(super) fn open(dir: &Path, clock: Now) -> Result<Self, DatabaseError> {
        let db = group_commit::open(dir, FILE, FORMATS)?;
        let sqlite = |source| DatabaseError::Sqlite { path: dir.join(FILE), source };
        // A flush of the disk for every message would be most of what a message costs, and would only tell what every user of
        // queues must bear anyway: that messages can come late or twice.
        db.pragma_update(None, "synchronous", "NORMAL").map_err(sqlite)?;
        let catalogue = Catalogue::load(&db).map_err(sqlite)?;
        let last_seq = db.query_row("SELECT coalesce(max(seq), 0) FROM messages", [], |row| row.get(0)).map_err(sqlite)?;
        Ok(Self {
            db,
            catalogue,
            waiting: Waiting::default(),
            clock,
            last_seq,
            swept_ms: 0,
            changes_at_sweep: 0,
            answers: Vec::new(),
            unwanted: Vec::new(),
            reshaped: false,
        })
    }

    /// Unix milliseconds.
    pub(super) fn now(&self) -> i64 {
        (self.clock)().as_millisecond()
    }

    /// A number greater than all before, for a message sent at `now`.
    pub(super) fn next_seq(&mut self, now: i64) -> i64 {
        self.last_seq = (self.last_seq + 1).max(now.saturating_mul(NUMBERS_PER_MS));
        self.last_seq
    }

    /// Puts a receive in line; it is answered at the end of this transaction or of a later one.
    pub(super) fn receive(&mut self, queue: &str, wait: impl FnOnce(&Queue) -> Duration, receiver: impl FnOnce(Instant) -> Receiver) {
        match self.catalogue.named(queue) {
            Ok(queue) => {
                let until = Instant::now() + wait(&queue);
                self.waiting.join(queue.id, receiver(until));
            }
            Err(fault) => {
                let _ = receiver(Instant::now()).reply.send(Err(fault));
            }
        }
    }

    /// Makes a queue, unless there is one like that.
    pub(super) fn create_queue(&mut self, name: &str, attributes: BTreeMap<String, String>) -> Result<(), Fault> {
        self.reshaped |= self.catalogue.named(name).is_err();
        self.catalogue.create(&self.db, self.now(), name, attributes)
    }

    /// Changes the settings of a queue.
    pub(super) fn change_queue(&mut self, name: &str, attributes: BTreeMap<String, String>) -> Result<(), Fault> {
        self.reshaped = true;
        self.catalogue.change(&self.db, self.now(), name, attributes)
    }

    /// Removes all messages of a queue.
    pub(super) fn purge(&mut self, queue: &Queue) -> rusqlite::Result<()> {
        for delete in [
            "DELETE FROM messages WHERE queue = ?1 AND line IS NULL",
            "DELETE FROM messages WHERE queue = ?1 AND line IS NOT NULL",
            "DELETE FROM lines WHERE queue = ?1",
        ] {
            self.db.prepare_cached(delete)?.execute([queue.id])?;
        }
        Ok(())
    }

    /// Removes a queue with all it has; receives in line for it are refused.
    pub(super) fn delete_queue(&mut self, name: &str) -> Result<(), Fault> {
        let queue = self.catalogue.remove(&self.db, name)?;
        self.reshaped = true;
        self.purge(&queue)?;
        self.db.prepare_cached("DELETE FROM deduplication WHERE queue = ?1")?.execute([queue.id])?;
        for receiver in self.waiting.dissolve(queue.id) {
            let _ = receiver.reply.send(Err(Fault::no_queue()));
        }
        Ok(())
    }

    /// Hands out what the receives in line for this queue can get.
    fn serve(&mut self, id: i64, now: i64) -> rusqlite::Result<()> {
        let Some(queue) = self.catalogue.numbered(id) else { return Ok(()) };
        while let Some(receiver) = self.waiting.first(id) {
            let hidden_seconds = receiver.visibility_seconds.unwrap_or(queue.settings.visibility_seconds);
            let taken = receive::take(&self.db, &self.catalogue, &queue, now, receiver.limit, now + hidden_seconds * 1000)?;
            for target in taken.dead_letters_to {
                self.waiting.touch(target);
            }
            if taken.deliveries.is_empty() {
                break;
            }
            self.answers.extend(self.waiting.pop(id).map(|receiver| (receiver.reply, taken.deliveries)));
        }
        let due = if self.waiting.has_receivers(id) { receive::next_due(&self.db, &queue, now)? } else { None };
        let instant = Instant::now();
        for receiver in self.waiting.rest(id, instant, due.map(|due| instant + nap(due - now))) {
            self.answers.push((receiver.reply, Vec::new()));
        }
        Ok(())
    }

    fn take_back_unwanted(&mut self, now: i64) -> rusqlite::Result<()> {
        for receipt in std::mem::take(&mut self.unwanted) {
            if let Some(queue) = self.catalogue.numbered(receipt.queue) {
                acknowledge::give_back(&self.db, &queue, now, &receipt)?;
                self.waiting.touch(queue.id);
            }
        }
        Ok(())
    }

    /// Sweeps now and then, but only in transactions that write anyway.
    fn sweep(&mut self, now: i64) -> rusqlite::Result<()> {
        if now - self.swept_ms < SWEEP_EVERY_MS || self.db.total_changes() == self.changes_at_sweep {
            return Ok(());
        }
        retention::sweep(&self.db, &self.catalogue, now)?;
        self.swept_ms = now;
        self.changes_at_sweep = self.db.total_changes();
        Ok(())
    }

    /// The queue that this request is about, which it is going to change.
    pub(super) fn change(&mut self, name: &str) -> Result<Arc<Queue>, Fault> {
        let queue = self.catalogue.named(name)?;
        self.waiting.touch(queue.id);
        Ok(queue)
    }

    /// How many messages of the queue are waiting, in flight, and delayed.
    pub(super) fn counts(&self, queue: &Queue, now: i64) -> rusqlite::Result<(i64, i64, i64)> {
        let kind = if queue.settings.fifo { "line IS NOT NULL" } else { "line IS NULL" };
        let select = format!(
            "SELECT count(*) FILTER (WHERE visible_ms <= ?2), count(*) FILTER (WHERE visible_ms > ?2 AND leased = 1),
                    count(*) FILTER (WHERE visible_ms > ?2 AND leased = 0)
             FROM messages WHERE queue = ?1 AND {kind}"
        );
        let counts = self.db.prepare_cached(&select)?.query_row([queue.id, now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        Ok(counts.optional()?.unwrap_or_default())
    }
}

/// How long to sleep until a moment `ms` away on the ledger's clock. At least a little: clocks differ in their grain.
fn nap(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or_default().max(1)).min(MAX_NAP)
}

impl group_commit::Ledger for Ledger {
    fn connection(&self) -> &Connection {
        &self.db
    }

    fn settle(&mut self) -> rusqlite::Result<()> {
        let now = self.now();
        self.take_back_unwanted(now)?;
        while let Some(queue) = self.waiting.next_touched(Instant::now()) {
            self.serve(queue, now)?;
        }
        self.sweep(now)
    }

    fn finished(&mut self, durable: bool) {
        if std::mem::take(&mut self.reshaped) && durable {
            // Who was told that there is a queue does not make it again: it must outlive a power cut.
            if let Err(error) = self.db.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(())) {
                tracing::warn!(%error, "the queues could not be brought to the disk; a later checkpoint does it");
            }
        }
        for (reply, deliveries) in std::mem::take(&mut self.answers) {
            if !durable {
                let _ = reply.send(Err(Unavailable.into()));
            } else if let Err(Ok(deliveries)) = reply.send(Ok(deliveries)) {
                self.unwanted.extend(deliveries.iter().map(Delivery::receipt));
            }
        }
        if !durable {
            // They may have missed what would have woken them.
            for receiver in self.waiting.dissolve_all() {
                let _ = receiver.reply.send(Err(Unavailable.into()));
            }
            match Catalogue::load(&self.db) {
                Ok(catalogue) => self.catalogue = catalogue,
                Err(error) => tracing::error!(%error, "the queues could not be read again after a failed transaction"),
            }
        }
    }

    fn wake_at(&self) -> Option<Instant> {
        if self.unwanted.is_empty() { self.waiting.alarm() } else { Some(Instant::now()) }
    }
}
