//! The one thread that changes the catalogue.
//!
//! Invariant: a change is answered after the commit that holds it, and what follows from it (old files to remove, news
//! to tell) happens only then. Changes that arrive during a commit share the next one, so the cost of a sync is divided
//! among them. A refused change is rolled back alone.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{CatalogueError, stopped};
use crate::s3::bodies::{FileId, Fresh};

/// The most changes in one commit: bounds how long the first of them waits.
const BATCH: usize = 256;

/// An object that has become durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The bucket.
    pub bucket: String,
    /// The key in the bucket.
    pub key: String,
    /// The size of the body in bytes.
    pub size: u64,
}

/// What a change brings about once it is durable; dropped without effect if it is not.
#[derive(Default)]
pub(crate) struct Effects {
    /// Files that a row names now.
    pub(super) keep: Vec<Fresh>,
    /// Files that no row names any more.
    pub(super) discard: Vec<FileId>,
    /// Objects that came to be.
    pub(super) created: Vec<Created>,
}

/// What a job made of its change: whether to keep it, and whom to tell how the commit went.
struct Verdict {
    keep: bool,
    answer: Box<dyn FnOnce(Result<(), CatalogueError>) + Send>,
}

/// Runs inside a transaction, or only passes on why there is none.
type Job = Box<dyn FnOnce(Result<&Connection, CatalogueError>, &mut Effects) -> Verdict + Send>;

/// The way to the thread. Dropping it waits for the changes under way.
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        after_commit: impl Fn(Vec<Created>, Vec<FileId>) + Send + 'static,
    ) -> Result<Self, CatalogueError> {
        let (jobs, inbox) = channel();
        let thread = std::thread::Builder::new().name("s3-catalogue".to_owned()).spawn(move || run(&connection, &inbox, after_commit))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands a change to the thread.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection, &mut Effects) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, CatalogueError>>, CatalogueError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection, effects| {
            let outcome = connection.and_then(|connection| change(connection, effects));
            if let Err(e @ CatalogueError::Storage(_)) = &outcome {
                tracing::error!(error = %e, "could not change the catalogue of objects");
            }
            Verdict {
                keep: outcome.is_ok(),
                answer: Box::new(move |committed| {
                    // Whoever asked may have gone; the change stands all the same.
                    let _ = reply.send(committed.and(outcome));
                }),
            }
        });
        self.jobs.as_ref().ok_or_else(stopped)?.send(job).map_err(|_| stopped())?;
        Ok(answer)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, inbox: &Receiver<Job>, after_commit: impl Fn(Vec<Created>, Vec<FileId>)) {
    while let Ok(first) = inbox.recv() {
        let batch = std::iter::once(first).chain(inbox.try_iter().take(BATCH - 1));
        let (answers, effects, committed) = commit(connection, batch);
        if let Err(e) = &committed {
            tracing::error!(error = %e, changes = answers.len(), "could not commit to the catalogue of objects");
        }
        let durable = committed.is_ok();
        if durable {
            // Before the answers: whoever is told of a replacement finds the new body safe from the sweep.
            effects.keep.into_iter().for_each(Fresh::keep);
        }
        for answer in answers {
            answer(committed.clone());
        }
        if durable {
            after_commit(effects.created, effects.discard);
        }
    }
}

type Answers = Vec<Box<dyn FnOnce(Result<(), CatalogueError>) + Send>>;

/// One transaction for the whole batch.
fn commit(connection: &Connection, batch: impl Iterator<Item = Job>) -> (Answers, Effects, Result<(), CatalogueError>) {
    let mut answers = Vec::new();
    let mut all = Effects::default();
    let mut committed = execute(connection, "BEGIN IMMEDIATE");
    for job in batch {
        let mut effects = Effects::default();
        if committed.is_ok() {
            committed = execute(connection, "SAVEPOINT job");
        }
        let verdict = job(committed.clone().map(|()| connection), &mut effects);
        if committed.is_ok() && !verdict.keep {
            committed = execute(connection, "ROLLBACK TO job");
        }
        if committed.is_ok() {
            committed = execute(connection, "RELEASE job");
        }
        if verdict.keep {
            all.keep.append(&mut effects.keep);
            all.discard.append(&mut effects.discard);
            all.created.append(&mut effects.created);
        }
        answers.push(verdict.answer);
    }
    committed = committed.and_then(|()| execute(connection, "COMMIT"));
    if committed.is_err() && !connection.is_autocommit() {
        // If even this fails, the next BEGIN fails and says so.
        let _ = execute(connection, "ROLLBACK");
    }
    (answers, all, committed)
}

fn execute(connection: &Connection, sql: &str) -> Result<(), CatalogueError> {
    Ok(connection.prepare_cached(sql)?.execute([]).map(drop)?)
}
