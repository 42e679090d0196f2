//! The system that is measured: a server and agents, each the real program in a process of its own, in a directory on disk.

mod agent;
mod memory;
mod process;
mod server;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use tempfile::TempDir;

pub(crate) use self::{agent::Agent, memory::Memory, server::Server};
use crate::client::{Api, ask_until};

/// What every row is measured with.
#[derive(Debug)]
pub(crate) struct Setup {
    programs: PathBuf,
    dir: TempDir,
    keep: bool,
    samples: Option<usize>,
    log: &'static str,
}

impl Setup {
    /// Works in a new directory below `dir`, or below the system's one for temporary files.
    ///
    /// # Errors
    /// When a program is missing, or the directory is not on a disk.
    pub(crate) fn new(programs: PathBuf, dir: Option<PathBuf>, keep: bool, samples: Option<usize>, log: &'static str) -> Result<Self> {
        for name in ["kraken", "kraken-agent", "kraken-tool"] {
            let program = programs.join(name);
            ensure!(program.is_file(), "{} is missing: run `cargo build --workspace --bins --release`", program.display());
        }
        let base = dir.unwrap_or_else(std::env::temp_dir);
        let kind = statfs(&base).with_context(|| format!("cannot use {}", base.display()))?.filesystem_type();
        ensure!(kind != TMPFS_MAGIC, "{} is in memory, where nothing is durable: name a directory on a disk with --dir", base.display());
        let mut builder = tempfile::Builder::new();
        builder.prefix("kraken-bench-").disable_cleanup(keep);
        Ok(Self { programs: programs.canonicalize()?, dir: builder.tempdir_in(base)?, keep, samples, log })
    }

    /// How many samples to take where `enough` are enough.
    pub(crate) fn samples(&self, enough: usize) -> usize {
        self.samples.unwrap_or(enough).max(1)
    }

    fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// A new directory for one system.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.dir.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Where to look when something went wrong.
    pub(crate) fn kept(&self) -> String {
        if self.keep { format!("; see {}", self.dir.path().display()) } else { "; --keep leaves the logs".to_owned() }
    }
}

/// A running system. Everything ends with it.
#[derive(Debug)]
pub(crate) struct System {
    // In the order in which they end.
    pub(crate) agents: Vec<Agent>,
    pub(crate) server: Server,
    pub(crate) api: Api,
    pub(crate) folder: PathBuf,
}

impl System {
    /// A new system with so many agents, all of them idle.
    pub(crate) async fn start(setup: &Setup, name: &str, agents: usize) -> Result<Self> {
        let folder = setup.folder(name)?;
        let server = Server::start(setup, &folder)?;
        let api = Api::new(server.url(), &server.token()?)?;
        let mut system = Self { agents: Vec::new(), server, api, folder };
        let token = system.api.enrolment_token().await?;
        for number in 1..=agents {
            let agent = Agent::start(setup, system.api.url(), &system.folder, number, &token)?;
            system.agents.push(agent);
        }
        system.wait_until_idle().await?;
        Ok(system)
    }

    /// Waits until every agent waits for a job.
    pub(crate) async fn wait_until_idle(&self) -> Result<()> {
        ask_until("all agents to be idle", Duration::from_millis(5), async || {
            let agents = self.api.agents().await?;
            let idle = agents.iter().filter(|agent| agent.state == "idle").count();
            Ok((idle == self.agents.len()).then_some(()))
        })
        .await
        .with_context(|| format!("see {}", self.folder.display()))
    }

    /// A file that jobs can write to, outside of any workspace.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The log of a program, which goes on where it ended before.
fn log_file(folder: &Path, name: &str) -> Result<std::fs::File> {
    let path = folder.join(name);
    std::fs::OpenOptions::new().create(true).append(true).open(&path).with_context(|| format!("cannot write {}", path.display()))
}
