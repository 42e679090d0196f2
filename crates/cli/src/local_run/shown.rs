//! A job's output on the terminal, as it comes.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use kraken_agent::local::Printer;
use serde_json::Value;

use crate::{
    look::{Paint, Text, Tone},
    screen::Screen,
};

/// Writes what a job says to the standard output; to the standard error where that is for JSON.
pub(super) struct Shown {
    steps: Vec<String>,
    json: bool,
    paint: Paint,
    trouble: Trouble,
}

/// What went wrong with the output, to be asked for after the job.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<AtomicBool>);

impl Trouble {
    /// Whether whatever read the output has gone.
    pub(super) fn output_closed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Shown {
    pub(super) fn new(steps: &[Value], screen: &Screen) -> Self {
        let name = |step: &Value| {
            let name = ["name", "tool"].iter().find_map(|key| step.get(*key)?.as_str());
            Text::plain(name.unwrap_or_default()).as_str().to_owned()
        };
        let json = screen.is_json();
        let paint = if json { Paint::off() } else { screen.look().paint };
        Self { steps: steps.iter().map(name).collect(), json, paint, trouble: Trouble::default() }
    }

    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        if self.json {
            return io::stderr().lock().write_all(bytes);
        }
        let mut out = io::stdout().lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            self.trouble.0.store(true, Ordering::Release);
        }
        written
    }
}

impl Printer for Shown {
    fn output(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes)
    }

    fn step_begins(&mut self, step: u32) -> io::Result<()> {
        let name = usize::try_from(step).ok().and_then(|step| self.steps.get(step)).map_or("", String::as_str);
        let line = self.paint.paint(&format!("-- step {}: {name}", step + 1), Tone::Muted);
        self.write(format!("{line}\n").as_bytes())
    }
}
