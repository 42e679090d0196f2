//! The order inside FIFO queues: a message group is a line, and only its head may leave, one delivery at a time.
//!
//! Invariant: `lines` has one row per group with messages, with the lowest `seq` as its head, ready when the head is
//! visible and no delivery of the group is in flight any more.

use rusqlite::{Connection, OptionalExtension, params};

/// A message was appended. Only a new line changes by that.
pub(super) fn appended(db: &Connection, queue: i64, line: &str, seq: i64, visible_ms: i64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO lines (queue, line, head, ready_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute(params![queue, line, seq, visible_ms])?;
    Ok(())
}

/// Messages of the line were delivered, kept longer, deleted or moved.
pub(super) fn changed(db: &Connection, queue: i64, line: &str) -> rusqlite::Result<()> {
    let head: Option<(i64, i64)> = db
        .prepare_cached("SELECT seq, visible_ms FROM messages WHERE queue = ?1 AND line = ?2 ORDER BY seq LIMIT 1")?
        .query_row(params![queue, line], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, visible_ms)) = head else {
        db.prepare_cached("DELETE FROM lines WHERE queue = ?1 AND line = ?2")?.execute(params![queue, line])?;
        return Ok(());
    };
    let leased_ms: Option<i64> = db
        .prepare_cached("SELECT max(visible_ms) FROM messages WHERE queue = ?1 AND line = ?2 AND leased = 1")?
        .query_row(params![queue, line], |row| row.get(0))?;
    db.prepare_cached("INSERT OR REPLACE INTO lines (queue, line, head, ready_ms) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        queue,
        line,
        seq,
        leased_ms.map_or(visible_ms, |leased_ms| leased_ms.max(visible_ms))
    ])?;
    Ok(())
}

/// Up to `limit` lines that may be served, the longest ready first.
pub(super) fn ready(db: &Connection, queue: i64, now: i64, limit: usize) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached("SELECT line FROM lines WHERE queue = ?1 AND ready_ms <= ?2 ORDER BY ready_ms, head LIMIT ?3")?
        .query_map(params![queue, now, limit], |row| row.get(0))?
        .collect()
}
