//! An agent.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};
use nix::unistd::Pid;

use super::{Setup, log_file, process::Process};

/// A running agent.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) name: String,
    program: PathBuf,
    tool: PathBuf,
    server: String,
    state_dir: PathBuf,
    log: &'static str,
    process: Process,
}

impl Agent {
    /// Starts one that joins with `token`; its state is below `folder`.
    pub(super) fn start(setup: &Setup, server: &str, folder: &Path, number: usize, token: &str) -> Result<Self> {
        let name = format!("agent-{number}");
        let state_dir = folder.join(&name);
        std::fs::create_dir_all(&state_dir)?;
        let (program, tool) = (setup.program("kraken-agent"), setup.program("kraken-tool"));
        let mut command = command(&program, &tool, server, &state_dir, &name, setup.log)?;
        let process = Process::spawn(command.env("KRAKEN_ENROLMENT_TOKEN", token))?;
        Ok(Self { name, program, tool, server: server.to_owned(), state_dir, log: setup.log, process })
    }

    /// Starts it again after it has ended.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        let mut command = command(&self.program, &self.tool, &self.server, &self.state_dir, &self.name, self.log)?;
        self.process = Process::spawn(&mut command)?;
        Ok(())
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// The supervisor that waits for the next job beside the agent, if one does.
    pub(crate) fn supervisor(&self) -> Result<Option<Pid>> {
        let pid = self.pid();
        let path = format!("/proc/{pid}/task/{pid}/children");
        let children = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        Ok(children.split_whitespace().next().and_then(|pid| pid.parse().ok()).map(Pid::from_raw))
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.state_dir.join("agent.log")
    }

    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }
}

fn command(program: &Path, tool: &Path, server: &str, state_dir: &Path, name: &str, log: &str) -> Result<Command> {
    let said = log_file(state_dir, "agent.log")?;
    let mut command = Command::new(program);
    command.args(["run", "--server", server, "--name", name]).arg("--state-dir").arg(state_dir).arg("--tool").arg(tool);
    command.env("KRAKEN_LOG", log).env_remove("NOTIFY_SOCKET").env_remove("JOURNAL_STREAM").env_remove("KRAKEN_AGENT_WORK");
    command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
    Ok(command)
}
