//! What the supervisor says to the agent: one line per report on what was its standard error.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

use kraken_protocol::tool::supervisor::Report;

/// The line to the agent.
pub(super) struct Reports {
    to: File,
    gone: bool,
}

impl Reports {
    /// A copy of standard error that steps do not inherit.
    pub(super) fn open() -> io::Result<Self> {
        Ok(Self { to: io::stderr().as_fd().try_clone_to_owned()?.into(), gone: false })
    }

    /// Sends a report. An agent that is gone shows at the end of the commands, too.
    pub(super) fn send(&mut self, report: &Report) {
        if let Ok(mut line) = serde_json::to_vec(report) {
            line.push(b'\n');
            self.gone |= self.to.write_all(&line).is_err();
        }
    }

    /// Whether nobody reads any more.
    pub(super) fn agent_is_gone(&self) -> bool {
        self.gone
    }
}
