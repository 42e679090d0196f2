//! The newest lines of this process's own log, for whoever brings them to where they can be searched.
//!
//! Invariants: writing a log line never waits and never takes more memory than was said: what finds no room is dropped and counted. Whoever
//! brings the lines logs under [`QUIET`], so that no line is ever about itself.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::filter_fn,
    fmt::{self, MakeWriter, format::JsonFields},
    registry::LookupSpan,
};

use crate::log::json;

/// The target of log lines that no tail takes.
pub const QUIET: &str = "kraken_quiet";

/// The lines that nobody has taken yet. Clones share them.
#[derive(Clone, Debug)]
pub struct Tail {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    bytes_max: usize,
    waiting: Mutex<Taken>,
    bell: Notify,
}

/// Lines that were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// One JSON object per line, each with its line end.
    pub lines: Vec<u8>,
    /// How many lines found no room.
    pub dropped: u64,
}

impl Tail {
    /// One that holds at most `bytes_max` bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { shared: Arc::new(Shared { bytes_max, waiting: Mutex::default(), bell: Notify::new() }) }
    }

    /// Takes into it what is logged, as JSON with the fields of the spans around it.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let lines = fmt::layer().fmt_fields(JsonFields::new()).event_format(json::Lines).with_writer(self.clone());
        lines.with_filter(filter_fn(|metadata| metadata.target() != QUIET))
    }

    /// Waits until there is something to take.
    pub async fn filled(&self) {
        loop {
            let rung = self.shared.bell.notified();
            if !self.is_empty() {
                return;
            }
            rung.await;
        }
    }

    /// Whether there is nothing to take.
    pub fn is_empty(&self) -> bool {
        let waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.lines.is_empty() && waiting.dropped == 0
    }

    /// Takes all that there is.
    pub fn take(&self) -> Taken {
        std::mem::take(&mut *self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl io::Write for &Tail {
    /// Takes one whole line, or drops it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.lines.len() + line.len() <= self.shared.bytes_max {
            waiting.lines.extend_from_slice(line);
        } else {
            waiting.dropped += 1;
        }
        drop(waiting);
        self.shared.bell.notify_one();
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Tail {
    type Writer = &'a Tail;

    fn make_writer(&'a self) -> &'a Tail {
        self
    }
}

#[cfg(test)]
mod tests;
