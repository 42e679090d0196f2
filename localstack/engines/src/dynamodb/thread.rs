//! The one thread that owns SQLite, and the queue in front of it.
//!
//! Invariant: within a round, reads run before writes and are answered at once, so that no read ever shows a change
//! that a power cut could still take back; writes are answered together, after one sync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dynoxide::errors::DynoxideError;
use dynoxide::storage::Storage;
use dynoxide::storage_backend::Clock;
use tokio::sync::{mpsc, oneshot};

use super::DynamoDbError;
use super::checkpoint::Checkpointer;
use super::wal::Wal;
use crate::clock::Now;

/// Requests that may wait before callers are held back.
const QUEUE: usize = 1024;

/// Requests taken up in one round: bounds how long the first write of a round waits for the others.
const ROUND: usize = 64;

/// Statements kept compiled. Every table and index has about six of its own.
const STATEMENTS: usize = 128;

/// Whether a request may change the table. A read that writes would be answered before its change is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Does the work and hands back what tells the caller, given whether the disk took the changes.
type Work = Box<dyn FnOnce(&Storage) -> Reply + Send>;
type Reply = Box<dyn FnOnce(Result<(), String>)>;

struct Job {
    access: Access,
    work: Work,
}

/// Handle on the thread. The thread ends, and closes the database, when the last handle is dropped.
#[derive(Clone)]
pub(super) struct StorageThread {
    queue: mpsc::Sender<Job>,
}

impl StorageThread {
    /// Opens `path` and starts the thread.
    pub(super) fn start(path: PathBuf, now: Now) -> Result<Self, DynamoDbError> {
        let (storage, wal) = open(&path, now).map_err(|message| DynamoDbError::Open { path: path.clone(), message })?;
        let checkpointer = Checkpointer::start(path)?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("dynamodb".into())
            .spawn(move || serve(&storage, wal, checkpointer, jobs))
            .map_err(DynamoDbError::Thread)?;
        Ok(Self { queue })
    }

    /// Runs `work` on the thread and returns what it returned, once that is durable.
    pub(super) async fn run<R, F>(&self, access: Access, work: F) -> Result<R, DynoxideError>
    where
        R: Send + 'static,
        F: FnOnce(&Storage) -> Result<R, DynoxideError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |storage| {
            let result = work(storage);
            Box::new(move |durable| {
                let result = match durable {
                    Ok(()) => result,
                    Err(reason) => Err(DynoxideError::InternalServerError(reason)),
                };
                // A caller that stopped waiting has no use for the answer.
                let _ = reply.send(result);
            })
        });
        let stopped = || DynoxideError::InternalServerError("the table store gave no answer".into());
        self.queue.send(Job { access, work }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

fn open(path: &Path, now: Now) -> Result<(Storage, Wal), String> {
    let text = path.to_str().ok_or("the path is not UTF-8")?;
    let storage = Storage::new(text).map_err(|error| error.to_string())?.with_clock(Arc::new(EngineClock(now)));
    let connection = storage.conn();
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // NORMAL leaves the sync of each commit to `Wal`. A commit checkpoints by itself only when the checkpointer has
    // fallen far behind, which bounds the log to some 16 MiB. The cache is what bounds the engine's memory: 8 MiB.
    connection
        .execute_batch(
            "PRAGMA synchronous = NORMAL;
             PRAGMA wal_autocheckpoint = 4096;
             PRAGMA cache_size = -8192;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| error.to_string())?;
    let wal = Wal::of(path).map_err(|error| format!("its log: {error}"))?;
    Ok((storage, wal))
}

fn serve(storage: &Storage, mut wal: Wal, mut checkpointer: Checkpointer, mut jobs: mpsc::Receiver<Job>) {
    let mut writes = Vec::with_capacity(ROUND);
    let mut replies = Vec::with_capacity(ROUND);
    while let Some(first) = jobs.blocking_recv() {
        let others = std::iter::from_fn(|| jobs.try_recv().ok()).take(ROUND - 1);
        for job in std::iter::once(first).chain(others) {
            match job.access {
                Access::Read => {
                    if let Some(reply) = perform(storage, job.work) {
                        reply(Ok(()));
                    }
                }
                Access::Write => writes.push(job.work),
            }
        }
        let before = storage.conn().total_changes();
        replies.extend(writes.drain(..).filter_map(|work| perform(storage, work)));
        // Refused conditions change nothing, and nothing needs no sync.
        let changes = storage.conn().total_changes() - before;
        let durable = if changes == 0 { Ok(()) } else { wal.sync() };
        for reply in replies.drain(..) {
            reply(durable.clone());
        }
        checkpointer.changed(changes);
    }
}

/// Runs one piece of work. A panic costs its own caller an error, not everyone the store.
fn perform(storage: &Storage, work: Work) -> Option<Reply> {
    let outcome = catch_unwind(AssertUnwindSafe(|| work(storage)));
    if outcome.is_err() && !storage.conn().is_autocommit() {
        // The next transaction finds out if this fails: it can't begin.
        let _ = storage.rollback();
    }
    outcome.ok()
}

/// The engine's clock, as the storage wants it.
struct EngineClock(Now);

impl Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from((self.0)().as_second()).unwrap_or(0)
    }

    fn now_unix_secs_f64(&self) -> f64 {
        (self.0)().as_duration().as_secs_f64()
    }
}
