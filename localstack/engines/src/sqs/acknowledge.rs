//! What a consumer says about a delivery: done with it, or keep it from others for so long.

use rusqlite::{Connection, OptionalExtension, params};

use super::catalogue::Queue;
use super::fault::{Fault, FaultKind};
use super::lines;
use super::receipt::{self, Receipt};

/// Twelve hours.
const MAX_VISIBILITY_SECONDS: i64 = 43_200;

/// The message that a receipt handle leads to.
struct Held {
    seq: i64,
    line: Option<String>,
    /// Is the handle that of the latest delivery?
    latest: bool,
    in_flight: bool,
}

/// Deletes the message. Deleting what is gone already succeeds, as does, in a standard queue, a stale handle, which
/// deletes nothing.
pub(super) fn delete(db: &Connection, queue: &Queue, now: i64, handle: &str) -> Result<(), Fault> {
    let Some(held) = held(db, queue, now, handle)? else { return Ok(()) };
    if queue.settings.fifo && !(held.latest && held.in_flight) {
        return Err(Fault::invalid("ReceiptHandle", handle, "The receipt handle has expired."));
    }
    if held.latest {
        db.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute([held.seq])?;
        changed(db, queue, held.line)?;
    }
    Ok(())
}

/// Hides the message from others for `seconds` from now; 0 gives it back at once.
pub(super) fn change_visibility(db: &Connection, queue: &Queue, now: i64, handle: &str, seconds: Option<i64>) -> Result<(), Fault> {
    let seconds = check_visibility(seconds.ok_or_else(|| Fault::missing("VisibilityTimeout"))?)?;
    let held = held(db, queue, now, handle)?.filter(|held| held.latest).ok_or_else(|| {
        Fault::invalid("ReceiptHandle", handle, "Message does not exist or is not available for visibility timeout change.")
    })?;
    if !held.in_flight {
        let text = format!("The message of receipt handle \"{handle}\" is not in flight.");
        return Err(Fault::new(FaultKind::MessageNotInflight, text));
    }
    db.prepare_cached("UPDATE messages SET visible_ms = ?2 WHERE seq = ?1")?.execute(params![held.seq, now + seconds * 1000])?;
    changed(db, queue, held.line).map_err(Fault::from)
}

/// Is it a visibility timeout that SQS takes, in seconds?
pub(super) fn check_visibility(seconds: i64) -> Result<i64, Fault> {
    if (0..=MAX_VISIBILITY_SECONDS).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(Fault::invalid("VisibilityTimeout", seconds, "VisibilityTimeout must be an integer between 0 and 43200."))
    }
}

/// Takes back a delivery that nobody was there to take, as if it had not been made.
pub(super) fn give_back(db: &Connection, queue: &Queue, now: i64, receipt: &Receipt) -> rusqlite::Result<()> {
    let line: Option<Option<String>> = db
        .prepare_cached(
            "UPDATE messages SET visible_ms = ?4, leased = 0, received = received - 1
             WHERE seq = ?1 AND queue = ?2 AND received = ?3 RETURNING line",
        )?
        .query_row(params![receipt.seq, receipt.queue, receipt.delivery, now], |row| row.get(0))
        .optional()?;
    changed(db, queue, line.flatten())
}

fn changed(db: &Connection, queue: &Queue, line: Option<String>) -> rusqlite::Result<()> {
    line.map_or(Ok(()), |line| lines::changed(db, queue.id, &line))
}

fn held(db: &Connection, queue: &Queue, now: i64, handle: &str) -> Result<Option<Held>, Fault> {
    let receipt = Receipt::decode(handle)?;
    if receipt.queue != queue.id {
        return Err(receipt::invalid(handle));
    }
    let held = db
        .prepare_cached("SELECT line, received, leased, visible_ms FROM messages WHERE seq = ?1 AND queue = ?2 AND id = ?3")?
        .query_row(params![receipt.seq, receipt.queue, receipt.message], |row| {
            Ok(Held {
                seq: receipt.seq,
                line: row.get(0)?,
                latest: row.get::<_, i64>(1)? == receipt.delivery,
                in_flight: row.get::<_, bool>(2)? && row.get::<_, i64>(3)? > now,
            })
        })
        .optional()?;
    Ok(held)
}
