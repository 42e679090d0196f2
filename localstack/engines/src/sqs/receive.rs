//! Hands messages out: each delivery hides its message until its visibility timeout is over, and counts.
//!
//! Invariants: finding nothing writes nothing; a message that was delivered as often as its queue allows goes to the
//! dead-letter queue instead; one past its retention is removed instead.

use rusqlite::{Connection, Row, params};

use super::catalogue::{Catalogue, Queue};
use super::receipt::Receipt;
use super::send::Properties;
use super::{lines, names};

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    pub(super) queue: i64,
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) received: i64,
    pub(super) first_received_ms: i64,
    pub(super) sent_ms: i64,
    /// [`Properties`] as stored.
    pub(super) properties: String,
    pub(super) body: String,
}

impl Delivery {
    /// What its receiver acknowledges it by.
    pub(super) fn receipt(&self) -> Receipt {
        Receipt { queue: self.queue, seq: self.seq, delivery: self.received, message: self.id.clone() }
    }
}

/// A message that is due.
struct Due {
    delivery: Delivery,
    visible_ms: i64,
    line: Option<String>,
}

/// What a receive did.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) deliveries: Vec<Delivery>,
    /// Queues that got dead letters.
    pub(super) dead_letters_to: Vec<i64>,
}

/// Takes up to `limit` messages off `queue` until `visible_again_ms`.
pub(super) fn take(
    db: &Connection,
    catalogue: &Catalogue,
    queue: &Queue,
    now: i64,
    limit: usize,
    visible_again_ms: i64,
) -> rusqlite::Result<Taken> {
    let mut taken = Taken::default();
    loop {
        let room = limit - taken.deliveries.len();
        let due = if queue.settings.fifo { due_in_lines(db, queue, now, room)? } else { due(db, queue, now, room)? };
        let mut set_aside = false;
        let mut touched = Vec::new();
        for Due { mut delivery, line, .. } in due {
            touched.extend(line.filter(|line| touched.last() != Some(line)));
            if delivery.sent_ms + queue.settings.retention_seconds * 1000 <= now {
                db.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute([delivery.seq])?;
                set_aside = true;
            } else if let Some(target) = dead_letter_target(catalogue, queue, &delivery) {
                move_dead_letter(db, queue, &target, now, &delivery)?;
                taken.dead_letters_to.push(target.id);
                set_aside = true;
            } else {
                deliver(db, now, visible_again_ms, &mut delivery)?;
                taken.deliveries.push(delivery);
            }
        }
        for line in touched {
            lines::changed(db, queue.id, &line)?;
        }
        // What was set aside may have hidden others behind it.
        if !set_aside || taken.deliveries.len() >= limit {
            return Ok(taken);
        }
    }
}

/// When the next message of the queue, if any, can be received, given that none can now.
pub(super) fn next_due(db: &Connection, queue: &Queue, now: i64) -> rusqlite::Result<Option<i64>> {
    let next = if queue.settings.fifo {
        "SELECT min(ready_ms) FROM lines WHERE queue = ?1 AND ready_ms > ?2"
    } else {
        "SELECT min(visible_ms) FROM messages WHERE queue = ?1 AND line IS NULL AND visible_ms > ?2"
    };
    db.prepare_cached(next)?.query_row([queue.id, now], |row| row.get(0))
}

const COLUMNS: &str = "seq, id, received, first_received_ms, sent_ms, properties, body, visible_ms, line, queue";

fn due(db: &Connection, queue: &Queue, now: i64, limit: usize) -> rusqlite::Result<Vec<Due>> {
    let select =
        format!("SELECT {COLUMNS} FROM messages WHERE queue = ?1 AND line IS NULL AND visible_ms <= ?2 ORDER BY visible_ms, seq LIMIT ?3");
    db.prepare_cached(&select)?.query_map(params![queue.id, now, limit], read)?.collect()
}

fn due_in_lines(db: &Connection, queue: &Queue, now: i64, limit: usize) -> rusqlite::Result<Vec<Due>> {
    let select = format!("SELECT {COLUMNS} FROM messages WHERE queue = ?1 AND line = ?2 ORDER BY seq LIMIT ?3");
    let mut select = db.prepare_cached(&select)?;
    let mut found: Vec<Due> = Vec::new();
    for line in lines::ready(db, queue.id, now, limit)? {
        let room = limit - found.len();
        for due in select.query_map(params![queue.id, line, room], read)? {
            let due = due?;
            if due.visible_ms > now {
                break;
            }
            found.push(due);
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Due> {
    let delivery = Delivery {
        seq: row.get(0)?,
        id: row.get(1)?,
        received: row.get(2)?,
        first_received_ms: row.get::<_, Option<i64>>(3)?.unwrap_or_default(),
        sent_ms: row.get(4)?,
        properties: row.get(5)?,
        body: row.get(6)?,
        queue: row.get(9)?,
    };
    Ok(Due { delivery, visible_ms: row.get(7)?, line: row.get(8)? })
}

fn deliver(db: &Connection, now: i64, visible_again_ms: i64, delivery: &mut Delivery) -> rusqlite::Result<()> {
    delivery.received += 1;
    if delivery.received == 1 {
        delivery.first_received_ms = now;
    }
    db.prepare_cached("UPDATE messages SET visible_ms = ?2, leased = 1, received = ?3, first_received_ms = ?4 WHERE seq = ?1")?
        .execute(params![delivery.seq, visible_again_ms, delivery.received, delivery.first_received_ms])?;
    Ok(())
}

fn dead_letter_target(catalogue: &Catalogue, queue: &Queue, delivery: &Delivery) -> Option<std::sync::Arc<Queue>> {
    let redrive = queue.settings.redrive.as_ref()?;
    if delivery.received < redrive.max_receive_count {
        return None;
    }
    // Without the queue to move to, delivering once more beats losing it.
    catalogue.named(&redrive.target).ok()
}

fn move_dead_letter(db: &Connection, from: &Queue, to: &Queue, now: i64, delivery: &Delivery) -> rusqlite::Result<()> {
    let mut properties: Properties = serde_json::from_str(&delivery.properties).unwrap_or_default();
    properties.dead_letter_source = Some(names::arn(&from.name));
    let text = serde_json::to_string(&properties).unwrap_or_else(|_| delivery.properties.clone());
    db.prepare_cached("UPDATE messages SET queue = ?2, visible_ms = ?3, leased = 0, properties = ?4 WHERE seq = ?1")?.execute(params![
        delivery.seq,
        to.id,
        now,
        text
    ])?;
    if let Some(line) = properties.group.filter(|_| to.settings.fifo) {
        lines::changed(db, to.id, &line)?;
    }
    Ok(())
}
