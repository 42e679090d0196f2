//! The one thread that changes the catalogue.
//!
//! Invariant: a change is answered after the commit that holds it, and what follows from it (old files to remove, news
//! to tell) happens only then. Changes that arrive during a commit share the next one, so the cost of a sync is divided
//! among them. A refused change is rolled back alone.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{CatalogueError, News, news, stopped};
use crate::s3::bodies::{FileId, Fresh};

/// The most changes in one commit: bounds how long the first of them waits.
const BATCH: usize = 256;

/// An object that comes to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) how: How,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
}

/// What made an object, in the words of S3's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Put,
    Copy,
    CompleteMultipartUpload,
}

impl How {
    const ALL: [Self; 3] = [Self::Put, Self::Copy, Self::CompleteMultipartUpload];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Put => "Put",
            Self::Copy => "Copy",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
        }
    }
}

impl std::str::FromStr for How {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|how| how.as_str() == text).ok_or(())
    }
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
    /// Whether somebody is to be told of one.
    news: bool,
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
        news: Arc<News>,
        after_commit: impl Fn(Vec<FileId>) + Send + 'static,
    ) -> Result<Self, CatalogueError> {
        let (jobs, inbox) = channel();
        let thread =
            std::thread::Builder::new().name("s3-catalogue".to_owned()).spawn(move || run(&connection, &inbox, &news, after_commit))?;
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

fn run(connection: &Connection, inbox: &Receiver<Job>, news: &News, after_commit: impl Fn(Vec<FileId>)) {
    while let Ok(first) = inbox.recv() {
        let batch = std::iter::once(first).chain(inbox.try_iter().take(BATCH - 1));
        let (answers, effects, committed) = commit(connection, batch, news);
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
            if effects.news {
                news.ring();
            }
            after_commit(effects.discard);
        }
    }
}

type Answers = Vec<Box<dyn FnOnce(Result<(), CatalogueError>) + Send>>;

/// One transaction for the whole batch.
fn commit(connection: &Connection, batch: impl Iterator<Item = Job>, news: &News) -> (Answers, Effects, Result<(), CatalogueError>) {
    let mut answers = Vec::new();
    let mut all = Effects::default();
    let told = news.take_sent();
    let mut committed = execute(connection, "BEGIN IMMEDIATE").and_then(|()| news::remove(connection, &told));
    for job in batch {
        let mut effects = Effects::default();
        if committed.is_ok() {
            committed = execute(connection, "SAVEPOINT job");
        }
        let verdict = job(committed.clone().map(|()| connection), &mut effects);
        if committed.is_ok() && !verdict.keep {
            committed = execute(connection, "ROLLBACK TO job");
        }
        if committed.is_ok() && verdict.keep {
            committed = news.record(connection, &effects.created).map(|any| all.news |= any);
        }
        if committed.is_ok() {
            committed = execute(connection, "RELEASE job");
        }
        if verdict.keep {
            all.keep.append(&mut effects.keep);
            all.discard.append(&mut effects.discard);
        }
        answers.push(verdict.answer);
    }
    committed = committed.and_then(|()| execute(connection, "COMMIT"));
    if committed.is_err() {
        news.sent(told);
        if !connection.is_autocommit() {
            // If even this fails, the next BEGIN fails and says so.
            let _ = execute(connection, "ROLLBACK");
        }
    }
    (answers, all, committed)
}

fn execute(connection: &Connection, sql: &str) -> Result<(), CatalogueError> {
    Ok(connection.prepare_cached(sql)?.execute([]).map(drop)?)
}
