//! A child that ends with its owner.

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// A gentle end may take so long.
const GENTLE: Duration = Duration::from_secs(10);

/// A running program.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    over: bool,
}

impl Process {
    pub(super) fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("{} does not start", command.get_program().display()))?;
        Ok(Self { child, over: false })
    }

    pub(super) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.over = self.over || matches!(self.child.try_wait(), Ok(Some(_)));
        self.over
    }

    /// As a power cut would.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.over = true;
        Ok(())
    }

    /// As a service manager does: asks, waits a while, kills.
    pub(super) fn stop(&mut self) -> Result<()> {
        if self.has_ended() {
            return Ok(());
        }
        kill(self.pid(), Signal::SIGTERM)?;
        let began = Instant::now();
        while !self.has_ended() {
            if began.elapsed() > GENTLE {
                return self.kill();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already is as good.
        let _gone = self.stop();
    }
}
