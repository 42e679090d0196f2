//! The thread through which everything of a job's log goes, in order.
//!
//! The job's side reads pipes and never compresses or touches the disk; the thread does both. The queue between them is bounded: a
//! job that prints faster than can be packed waits in its own pipe.

use std::io;

use bytes::BytesMut;
use jiff::Timestamp;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    redact::Redactor,
    writer::{LogWriter, Snapshot},
};

/// So many chunks wait between the two sides.
const QUEUE: usize = 8;

/// The log cannot be kept. The job must end: without its log nobody can say what it did.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the log cannot be written: {0}; free some space where the agent keeps its state")]
pub struct LogError(String);

impl From<io::Error> for LogError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Where a log goes when it holds no secrets any more.
pub trait Sink: Send + 'static {
    /// Takes bytes that were read at `at`.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn write(&mut self, bytes: &[u8], at: Timestamp) -> io::Result<()>;

    /// Step `step` begins here; what follows stands on a line of its own.
    ///
    /// # Errors
    /// When that cannot be kept.
    fn begin_step(&mut self, step: u32, at: Timestamp) -> io::Result<()>;

    /// Ends the line that has begun, if one has.
    ///
    /// # Errors
    /// When that cannot be kept.
    fn end_line(&mut self) -> io::Result<()>;

    /// Makes all so far readable and says where it is.
    ///
    /// # Errors
    /// When that is impossible.
    fn snapshot(&mut self) -> io::Result<Snapshot>;

    /// Ends the log.
    ///
    /// # Errors
    /// When that is impossible.
    fn finish(self: Box<Self>) -> io::Result<Snapshot>;
}

impl Sink for LogWriter {
    fn write(&mut self, bytes: &[u8], at: Timestamp) -> io::Result<()> {
        Self::write(self, bytes, at)
    }

    fn begin_step(&mut self, step: u32, at: Timestamp) -> io::Result<()> {
        Self::begin_step(self, step, at)
    }

    fn end_line(&mut self) -> io::Result<()> {
        Self::end_line(self)
    }

    fn snapshot(&mut self) -> io::Result<Snapshot> {
        Self::snapshot(self)
    }

    fn finish(self: Box<Self>) -> io::Result<Snapshot> {
        Self::finish(*self)
    }
}

enum Entry {
    Output(BytesMut, Timestamp),
    Note(String, Timestamp),
    Step(u32, Timestamp),
    Snapshot(oneshot::Sender<Snapshot>),
}

/// The job's side of its log. Clones write into the same log.
#[derive(Clone)]
pub struct LogHandle {
    queue: mpsc::Sender<Entry>,
}

/// What the thread gives back at the end.
pub struct LogThread(JoinHandle<Result<Snapshot, LogError>>);

impl LogHandle {
    /// Starts the thread. `open` makes the sink there, off the caller's thread.
    pub fn start<F>(redactor: Redactor, open: F) -> (Self, LogThread)
    where
        F: FnOnce() -> io::Result<Box<dyn Sink>> + Send + 'static,
    {
        let (queue, entries) = mpsc::channel(QUEUE);
        let thread = tokio::task::spawn_blocking(move || run(redactor, open, entries));
        (Self { queue }, LogThread(thread))
    }

    /// Output of the job, read at `at`. Waits while the thread is behind.
    pub async fn output(&self, bytes: BytesMut, at: Timestamp) {
        self.send(Entry::Output(bytes, at)).await;
    }

    /// A word of the agent itself, on lines of its own.
    pub async fn note(&self, text: impl Into<String>, at: Timestamp) {
        self.send(Entry::Note(text.into(), at)).await;
    }

    /// Step `step` begins here.
    pub async fn begin_step(&self, step: u32, at: Timestamp) {
        self.send(Entry::Step(step, at)).await;
    }

    /// The log as it is now; `None` when it can no longer be written.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        let (answer, snapshot) = oneshot::channel();
        self.send(Entry::Snapshot(answer)).await;
        snapshot.await.ok()
    }

    /// A thread that has failed takes no more; [`LogThread::end`] says why.
    async fn send(&self, entry: Entry) {
        let _ = self.queue.send(entry).await;
    }
}

impl LogThread {
    /// Waits until all that was sent is kept and the log is ended. Every [`LogHandle`] must be gone.
    ///
    /// # Errors
    /// What kept the log from being written.
    pub async fn end(self) -> Result<Snapshot, LogError> {
        self.0.await.unwrap_or_else(|broken| Err(LogError(broken.to_string())))
    }

    /// Whether the thread has given up although the log goes on.
    pub fn has_failed(&self) -> bool {
        self.0.is_finished()
    }
}

fn run<F>(mut redactor: Redactor, open: F, mut entries: mpsc::Receiver<Entry>) -> Result<Snapshot, LogError>
where
    F: FnOnce() -> io::Result<Box<dyn Sink>>,
{
    let mut sink = open()?;
    let mut newest = Timestamp::UNIX_EPOCH;
    while let Some(entry) = entries.blocking_recv() {
        match entry {
            Entry::Output(bytes, at) => {
                newest = at;
                redactor.feed(&bytes, &mut |clean: &[u8]| sink.write(clean, at))?;
            }
            Entry::Note(text, at) => {
                redactor.flush(&mut |clean: &[u8]| sink.write(clean, at))?;
                sink.end_line()?;
                sink.write(redactor.text(&text).as_bytes(), at)?;
                sink.end_line()?;
            }
            Entry::Step(step, at) => {
                redactor.flush(&mut |clean: &[u8]| sink.write(clean, at))?;
                sink.begin_step(step, at)?;
            }
            Entry::Snapshot(answer) => {
                // Nobody waits for it any more: fine.
                let _ = answer.send(sink.snapshot()?);
            }
        }
    }
    redactor.flush(&mut |clean: &[u8]| sink.write(clean, newest))?;
    Ok(sink.finish()?)
}

#[cfg(test)]
mod tests;
