//! A log that is shown at once and kept nowhere.

use std::io;

use jiff::Timestamp;

use crate::log::{Sink, Snapshot};

/// Shows a job to whoever started it. Called from one thread, in order.
pub trait Printer: Send + 'static {
    /// Shows bytes of the job's output; secrets are taken out already.
    ///
    /// # Errors
    /// When they cannot be shown; the job ends then.
    fn output(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Step `step` (from 0) begins; what is shown next stands on a line of its own.
    ///
    /// # Errors
    /// When it cannot be shown; the job ends then.
    fn step_begins(&mut self, step: u32) -> io::Result<()>;
}

/// A [`Printer`] where a log goes.
pub(super) struct Terminal<P> {
    printer: P,
    in_line: bool,
}

impl<P: Printer> Terminal<P> {
    pub(super) fn new(printer: P) -> Self {
        Self { printer, in_line: false }
    }
}

impl<P: Printer> Sink for Terminal<P> {
    fn write(&mut self, bytes: &[u8], _at: Timestamp) -> io::Result<()> {
        if let Some(last) = bytes.last() {
            self.in_line = *last != b'\n';
        }
        self.printer.output(bytes)
    }

    fn begin_step(&mut self, step: u32, _at: Timestamp) -> io::Result<()> {
        self.end_line()?;
        self.printer.step_begins(step)
    }

    fn end_line(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.in_line) { self.printer.output(b"\n") } else { Ok(()) }
    }

    fn snapshot(&mut self) -> io::Result<Snapshot> {
        Ok(Snapshot::default())
    }

    fn finish(mut self: Box<Self>) -> io::Result<Snapshot> {
        self.end_line()?;
        Ok(Snapshot::default())
    }
}
