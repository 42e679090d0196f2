//! The agent's own log, on its way to where people can search it.
//!
//! lines → a bounded place in memory → without secrets into a file → in pieces into the object store, below the agent's prefix. Invariants:
//! nothing of this holds up a job; what reaches the disk or the store holds no secret value; an agent that has nothing to say stores
//! nothing; one that has much to say stores at most one piece of [`spool::BYTES_MAX`] per interval. What an agent said in its last second
//! before a crash may be lost.

mod clean;
mod spool;

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use kraken_protocol::log::LOG_OBJECT;
use kraken_serve::{QUIET, Tail};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

use self::{clean::clean, spool::Spool};
use crate::{
    log::Redactor,
    session::{Cloud, ObjectError},
};

/// Lines wait here until they are on disk.
const TAIL_BYTES: usize = 128 << 10;

/// Lines that come together are written together.
const GATHER: Duration = Duration::from_secs(1);

/// Of the jobs before the last, something may still be said: what could not be removed, say.
const KEPT: usize = 2;

/// An agent that shall end does not wait longer for its last piece.
const LAST_WITHIN: Duration = Duration::from_secs(2);

/// What the agent has said. Clones share it.
#[derive(Clone, Debug)]
pub struct OwnLog {
    tail: Tail,
    /// Take the secrets of the jobs out of it that were held since the last lines were taken, and of the last ones before.
    redactors: Arc<Mutex<Vec<Redactor>>>,
}

impl Default for OwnLog {
    fn default() -> Self {
        Self { tail: Tail::new(TAIL_BYTES), redactors: Arc::default() }
    }
}

impl OwnLog {
    /// Takes in what is logged.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.tail.layer()
    }

    /// From now on these secrets may be in what is logged.
    pub fn hide(&self, redactor: Redactor) {
        self.redactors.lock().unwrap_or_else(PoisonError::into_inner).push(redactor);
    }

    /// Takes the lines so far, without secrets.
    fn take(&self) -> Vec<u8> {
        // First the lines: a secret that comes with a job after this is in none of them.
        let taken = self.tail.take();
        let mut redactors = self.redactors.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines = clean(&taken.lines, &redactors);
        let known = redactors.len().saturating_sub(KEPT);
        redactors.drain(..known);
        if taken.dropped > 0 {
            lines.extend(lost(taken.dropped));
        }
        lines
    }
}

/// A line about lines that are not there.
fn lost(lines: u64) -> Vec<u8> {
    let said = format!("{lines} lines of this agent's log found no room and are lost");
    let line = serde_json::json!({"timestamp": Timestamp::now(), "level": "WARN", "target": "kraken_agent", "message": said});
    format!("{line}\n").into_bytes()
}

/// Brings what the agent says to the store of the newest session, until it is dropped.
pub struct Bringing {
    own: OwnLog,
    newest: watch::Receiver<Cloud>,
    spool: Spool,
}

impl Bringing {
    /// With the lines that an earlier process of the agent left in `state_dir`.
    pub fn new(own: OwnLog, newest: watch::Receiver<Cloud>, state_dir: &Path) -> Self {
        Self { own, newest, spool: Spool::in_dir(state_dir) }
    }

    /// Goes on for ever.
    pub async fn keep_bringing(&mut self) {
        let mut next = Instant::now();
        loop {
            if self.spool.is_empty() {
                self.own.tail.filled().await;
            } else {
                tokio::select! {
                    () = self.own.tail.filled() => {}
                    () = sleep_until(next) => {}
                }
            }
            sleep(GATHER).await;
            self.keep();
            if Instant::now() >= next {
                self.bring().await;
                next = Instant::now() + Duration::from_secs(u64::from(self.newest.borrow().session().intervals.own_log_s.max(1)));
            }
        }
    }

    /// Brings the rest, if that does not take long; else the next process of the agent does.
    pub async fn finish(mut self) {
        self.keep();
        if timeout(LAST_WITHIN, self.bring()).await.is_err() {
            tracing::debug!(target: QUIET, "the last lines of this agent's log wait for its next start");
        }
    }

    fn keep(&mut self) {
        let lines = self.own.take();
        if let Err(error) = self.spool.add(&lines) {
            tracing::warn!(target: QUIET, %error, "this agent's log cannot be kept on disk; some of it is lost");
        }
    }

    /// Stores what there is as one piece. What fails is tried again later, under the same name: then nothing of it is found twice.
    async fn bring(&mut self) {
        let Some((name, lines)) = self.spool.piece() else { return };
        let (objects, prefix) = {
            let cloud = self.newest.borrow();
            (cloud.objects(), cloud.session().prefix.clone())
        };
        let stored = async {
            let key = format!("{prefix}log/{name}/{LOG_OBJECT}");
            let packed = packed(&lines).map_err(|error| ObjectError::File { key: key.clone(), reason: error.to_string() })?;
            objects.put(&key, "application/gzip", packed).await
        };
        match stored.await {
            Ok(()) => self.spool.forget_piece(),
            Err(error) => tracing::debug!(target: QUIET, %error, "this agent's log cannot be stored now"),
        }
    }
}

fn packed(lines: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(lines)?;
    encoder.finish()
}
