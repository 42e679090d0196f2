//! Removes what is too old to be of use: messages past their queue's retention that nobody asks for, and the memory
//! of what FIFO queues were sent.
//!
//! Receives remove what they come across by themselves; this is for what they don't.

use rusqlite::{Connection, params};

use super::catalogue::{Catalogue, Queue};
use super::lines;

/// Removed per queue in one go, so that others don't wait.
const AT_ONCE: usize = 200;

/// Removes some of what is over at `now`.
pub(super) fn sweep(db: &Connection, catalogue: &Catalogue, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM deduplication WHERE until_ms <= ?1")?.execute([now])?;
    for queue in catalogue.all() {
        let cutoff = now - queue.settings.retention_seconds * 1000;
        if queue.settings.fifo {
            sweep_lines(db, queue, cutoff)?;
        } else {
            sweep_standard(db, queue, cutoff)?;
        }
    }
    Ok(())
}

/// A message is never visible before it was sent, so the index by visibility leads to the old ones.
fn sweep_standard(db: &Connection, queue: &Queue, cutoff: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM messages WHERE seq IN (
             SELECT seq FROM messages WHERE queue = ?1 AND line IS NULL AND visible_ms <= ?2 AND sent_ms <= ?2 LIMIT ?3)",
    )?
    .execute(params![queue.id, cutoff, AT_ONCE])?;
    Ok(())
}

fn sweep_lines(db: &Connection, queue: &Queue, cutoff: i64) -> rusqlite::Result<()> {
    for line in lines::ready(db, queue.id, cutoff, AT_ONCE)? {
        db.prepare_cached(
            "DELETE FROM messages WHERE seq IN (
                 SELECT seq FROM messages WHERE queue = ?1 AND line = ?2 AND visible_ms <= ?3 AND sent_ms <= ?3 LIMIT ?4)",
        )?
        .execute(params![queue.id, line, cutoff, AT_ONCE])?;
        lines::changed(db, queue.id, &line)?;
    }
    Ok(())
}
