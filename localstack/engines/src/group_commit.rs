//! One thread that owns a SQLite database and makes everything that waits at its door durable in one transaction.
//!
//! A disk flush costs the same for one change as for a hundred. While one flush runs, requests gather; the next
//! transaction takes them all, and only after its commit is anybody answered. Load makes the batches larger, not the
//! wait longer.
//!
//! Invariants: an answer is given only after the commit that holds its changes; one failing request never undoes
//! another (each has its savepoint); a transaction that changed nothing writes nothing.

mod database;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

pub use self::database::DatabaseError;
pub(crate) use self::database::open;

/// Requests that may wait for the thread; more wait for their turn outside, in order.
const MAX_WAITING: usize = 1024;
/// Requests in one transaction, so that the first of them isn't kept waiting by endless others.
const MAX_BATCH: usize = 256;

/// What the thread owns.
pub(crate) trait Ledger: Send + 'static {
    /// The database. All requests of a transaction work on it.
    fn connection(&self) -> &Connection;
    /// The last step before each commit.
    fn settle(&mut self) -> rusqlite::Result<()>;
    /// The transaction is over: `durable` if it was committed, otherwise all its changes are undone.
    fn finished(&mut self, durable: bool);
    /// When the next transaction is due even if nobody asks.
    fn wake_at(&self) -> Option<Instant>;
}

/// The thread is gone, or its last transaction could not be committed. Retry later.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the storage is not available")]
pub(crate) struct Unavailable;

type Answer = Box<dyn FnOnce(bool) + Send>;
type Request<L> = Box<dyn FnOnce(&mut L) -> Answer + Send>;

/// The way to the thread, which ends when the last clone is gone.
pub(crate) struct Writer<L> {
    requests: Sender<Request<L>>,
    room: Arc<Semaphore>,
}

impl<L> Clone for Writer<L> {
    fn clone(&self) -> Self {
        Self { requests: self.requests.clone(), room: Arc::clone(&self.room) }
    }
}

impl<L: Ledger> Writer<L> {
    /// Starts the thread under `name`.
    pub(crate) fn spawn(name: &str, ledger: L) -> io::Result<Self> {
        let (requests, door) = channel();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || serve(ledger, &door))?;
        Ok(Self { requests, room: Arc::new(Semaphore::new(MAX_WAITING)) })
    }

    /// Does `work` in the next transaction and answers when it is durable. If `work` fails, what it changed is undone.
    pub(crate) async fn run<T, E>(&self, work: impl FnOnce(&mut L) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + From<Unavailable> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let request = move |ledger: &mut L| -> Answer {
            let outcome = within_savepoint(ledger, work);
            Box::new(move |durable| {
                // Nobody listening any more is no fault: the change stands.
                let _ = reply.send(if durable { outcome } else { Err(Unavailable.into()) });
            })
        };
        let _room = self.submit(Box::new(request)).await?;
        answer.await.unwrap_or_else(|_| Err(Unavailable.into()))
    }

    /// Lets `work` take note of something in memory; it answers, if at all, in its own time.
    pub(crate) async fn note(&self, work: impl FnOnce(&mut L) + Send + 'static) -> Result<(), Unavailable> {
        let request = move |ledger: &mut L| -> Answer {
            work(ledger);
            Box::new(|_| {})
        };
        self.submit(Box::new(request)).await.map(drop)
    }

    async fn submit(&self, request: Request<L>) -> Result<tokio::sync::SemaphorePermit<'_>, Unavailable> {
        let room = self.room.acquire().await.map_err(|_| Unavailable)?;
        self.requests.send(request).map_err(|_| Unavailable)?;
        Ok(room)
    }
}

fn within_savepoint<L: Ledger, T, E: From<rusqlite::Error>>(ledger: &mut L, work: impl FnOnce(&mut L) -> Result<T, E>) -> Result<T, E> {
    ledger.connection().prepare_cached("SAVEPOINT request")?.execute([])?;
    let outcome = work(ledger);
    if outcome.is_err() {
        ledger.connection().prepare_cached("ROLLBACK TO request")?.execute([])?;
    }
    ledger.connection().prepare_cached("RELEASE request")?.execute([])?;
    outcome
}

fn serve<L: Ledger>(mut ledger: L, door: &Receiver<Request<L>>) {
    while let Some(batch) = gather(&ledger, door) {
        let (answers, outcome) = transact(&mut ledger, batch);
        if let Err(error) = &outcome {
            tracing::error!(%error, "a transaction could not be committed, its requests are refused");
            if !ledger.connection().is_autocommit() {
                // If even this fails, the next BEGIN fails and is reported.
                let _ = ledger.connection().execute_batch("ROLLBACK");
            }
        }
        ledger.finished(outcome.is_ok());
        for answer in answers {
            answer(outcome.is_ok());
        }
    }
}

/// Waits for a request or the ledger's own time, then takes whatever else is at the door. `None` ends the thread.
fn gather<L: Ledger>(ledger: &L, door: &Receiver<Request<L>>) -> Option<Vec<Request<L>>> {
    let first = match ledger.wake_at() {
        None => Some(door.recv().ok()?),
        Some(at) => match door.recv_timeout(at.saturating_duration_since(Instant::now())) {
            Ok(request) => Some(request),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return None,
        },
    };
    Some(first.into_iter().chain(door.try_iter()).take(MAX_BATCH).collect())
}

fn transact<L: Ledger>(ledger: &mut L, batch: Vec<Request<L>>) -> (Vec<Answer>, rusqlite::Result<()>) {
    if let Err(error) = begin(ledger.connection()) {
        return (refused(batch), Err(error));
    }
    let answers = batch.into_iter().map(|request| request(ledger)).collect();
    let outcome = ledger.settle().and_then(|()| ledger.connection().prepare_cached("COMMIT")?.execute([]).map(drop));
    (answers, outcome)
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN")?.execute([]).map(drop)
}

/// Dropping a request unanswered tells its sender that the storage is not available.
fn refused<L>(batch: Vec<Request<L>>) -> Vec<Answer> {
    drop(batch);
    Vec::new()
}

#[cfg(test)]
mod tests;
