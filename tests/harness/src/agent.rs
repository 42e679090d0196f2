//! An agent: the real program, in a process of its own.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use anyhow::{Context, Result, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{Process, eventually, processes, program, wait_until};

/// A running agent. Ends with the test.
#[derive(Debug)]
pub struct AgentProcess {
    child: Child,
    state_dir: PathBuf,
    name: String,
    /// How long its log was when it started.
    silence: u64,
}

impl AgentProcess {
    /// Starts an agent whose state is kept in `state_dir`, enrolling it with `token` if it has not joined yet. What it
    /// says goes to `agent.log` in that directory.
    ///
    /// # Errors
    /// When the program is missing or does not start.
    pub fn start(server: &str, state_dir: &Path, name: &str, token: Option<&str>) -> Result<Self> {
        std::fs::create_dir_all(state_dir)?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(state_dir.join("agent.log"))?;
        let silence = log.metadata()?.len();
        let mut command = Command::new(program("kraken-agent")?);
        command.arg("run").args(["--server", server, "--name", name]).arg("--state-dir").arg(state_dir);
        command.arg("--tool").arg(program("kraken-tool")?);
        command.env_remove("NOTIFY_SOCKET").env_remove("KRAKEN_ENROLMENT_TOKEN");
        // Goes on to all that it starts, so that what is left can be told from what others left.
        command.env("STORY", state_dir);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some(token) = token {
            command.env("KRAKEN_ENROLMENT_TOKEN", token);
        }
        let child = command.spawn().context("the agent does not start")?;
        Ok(Self { child, state_dir: state_dir.to_owned(), name: name.to_owned(), silence })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }

    /// Its process.
    pub fn process(&self) -> Process {
        Process { pid: self.child.id(), command: self.name.clone() }
    }

    /// Its helpers: supervisors, and the tools of the running step.
    pub fn helpers(&self) -> Vec<Process> {
        let is_helper = |process: &Process| {
            let program = process.command.split(' ').next().unwrap_or_default();
            program.rsplit('/').next() == Some("kraken-tool")
        };
        processes::below(&self.state_dir).into_iter().filter(is_helper).collect()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill(self.pid(), signal).with_context(|| format!("the agent does not take {signal}"))
    }

    /// Ends it as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its exit status, once it has ended.
    ///
    /// # Errors
    /// When it does not end in a minute; with what it said.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let what = format!("{} to end", self.name);
        let ended = eventually(&what, async || Ok(self.child.try_wait()?)).await;
        ended.with_context(|| self.said().unwrap_or_default())
    }

    /// Asks it to finish its job and end, and waits until it has. One that has ended before is left alone.
    ///
    /// # Errors
    /// When it does not end well; with what it said.
    pub async fn finish(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        self.signal(Signal::SIGTERM)?;
        let status = self.ended().await?;
        ensure!(status.success(), "{} ended with {status}:\n{}", self.name, self.said()?);
        Ok(())
    }

    /// Waits until it takes jobs: what an earlier process left is in order by then.
    ///
    /// # Errors
    /// When it does not get so far.
    pub async fn is_ready(&self) -> Result<()> {
        self.says("ready for jobs").await
    }

    /// Waits until it has said that.
    ///
    /// # Errors
    /// When it does not; with what it said.
    pub async fn says(&self, words: &str) -> Result<()> {
        let waited = wait_until(&format!("{} to say {words:?}", self.name), async || Ok(self.said()?.contains(words))).await;
        waited.with_context(|| self.said().unwrap_or_default())
    }

    /// What it said since it was started.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn said(&self) -> Result<String> {
        let all = std::fs::read(self.state_dir.join("agent.log"))?;
        let own = all.get(usize::try_from(self.silence)?..).unwrap_or_default();
        Ok(String::from_utf8_lossy(own).into_owned())
    }

    /// Where its state is kept.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }
}

impl Drop for AgentProcess {
    fn drop(&mut self) {
        // The supervisor of a job ends by itself when its agent is gone. One that is stopped is ended as well.
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
