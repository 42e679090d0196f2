//! How much the functions write to their logs: what the house logs in this process at the level of a deployment, counted and thrown away.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};

/// Bytes that CloudWatch adds to each line for its own use.
const PER_LINE: u64 = 26;

/// Counts bytes of log.
#[derive(Clone, Debug, Default)]
pub struct Logged(Arc<AtomicU64>);

impl Logged {
    /// Counts from now on all that this process logs. Once in a process; a second one counts nothing.
    pub fn start() -> Self {
        let logged = Self::default();
        let layer = tracing_subscriber::fmt::layer().json().with_writer(logged.clone());
        let _counted_already = tracing_subscriber::registry().with(EnvFilter::new("info")).with(layer).try_init();
        logged
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl io::Write for &Logged {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(line.len() as u64 + PER_LINE, Ordering::Relaxed);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Logged {
    type Writer = &'w Logged;

    fn make_writer(&'w self) -> Self::Writer {
        self
    }
}
