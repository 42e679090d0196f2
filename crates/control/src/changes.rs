//! Versions of what people look at, for live views.

use std::str::FromStr;

use kraken_domain::{FlowId, JobId, ProjectId, RunId, flow::FlowState};

use crate::{Control, ControlError};

/// When to ask again while something runs.
pub const RUNNING_MS: u32 = 1000;
/// When to ask again while nothing does.
pub const IDLE_MS: u32 = 15_000;

/// Something that people look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A flow and its runs.
    Flow(FlowId),
    /// A run and the counts of its jobs.
    Run(RunId),
    /// A job and its steps.
    Job(JobId),
}

impl FromStr for Watched {
    type Err = ControlError;

    fn from_str(text: &str) -> Result<Self, ControlError> {
        let wrong = |why: String| ControlError::invalid("/query/watch", why);
        match text.split_once(':') {
            Some(("flow", id)) => id.parse().map(Self::Flow).map_err(|error: kraken_domain::id::InvalidId| wrong(error.to_string())),
            Some(("run", id)) => id.parse().map(Self::Run).map_err(|error: kraken_domain::id::InvalidId| wrong(error.to_string())),
            Some(("job", id)) => id.parse().map(Self::Job).map_err(|error: kraken_domain::id::InvalidId| wrong(error.to_string())),
            _ => Err(wrong(format!("{text:?} cannot be watched: expected flow:<id>, run:<id> or job:<id>"))),
        }
    }
}

/// A watched thing as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// Its project, whose roles apply.
    pub project: ProjectId,
    /// Differs whenever something of it changed.
    pub version: u64,
    /// When to ask again.
    pub next_ms: u32,
}

impl Control {
    /// A watched thing as it stands; `None` when there is none.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn watched(&self, watched: &Watched) -> Result<Option<Version>, ControlError> {
        Ok(match watched {
            Watched::Flow(id) => {
                let Some(flow) = self.store.flow(*id).await? else { return Ok(None) };
                let mut version = flow.version;
                for run in self.store.runs(*id).await? {
                    version = mixed(version, self.run_version(run.id, run.version).await?);
                }
                let running = matches!(flow.state, FlowState::InProgress { .. });
                Some(Version { project: flow.project, version, next_ms: next(running) })
            }
            Watched::Run(id) => {
                let Some(run) = self.store.run(*id).await? else { return Ok(None) };
                let version = self.run_version(*id, run.version).await?;
                Some(Version { project: run.project, version, next_ms: next(!run.is_completed()) })
            }
            Watched::Job(id) => {
                let Some(job) = self.store.job(*id).await? else { return Ok(None) };
                Some(Version { project: job.project, version: job.version, next_ms: next(!job.is_completed()) })
            }
        })
    }

    async fn run_version(&self, id: RunId, version: u64) -> Result<u64, ControlError> {
        let counts = self.store.counts(id).await?;
        let parts = [counts.total, counts.executing, counts.completed, counts.error];
        Ok(parts.into_iter().fold(version, |mixed_so_far, part| mixed(mixed_so_far, part.unsigned_abs())))
    }
}

/// FNV-1a over whole numbers: only equality matters. Cut to 53 bits, which every JSON reader keeps.
fn mixed(version: u64, part: u64) -> u64 {
    ((version ^ part).wrapping_mul(0x0000_0100_0000_01b3).wrapping_add(0x9e37)) & ((1 << 53) - 1)
}

fn next(running: bool) -> u32 {
    if running { RUNNING_MS } else { IDLE_MS }
}
