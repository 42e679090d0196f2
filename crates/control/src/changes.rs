//! Versions of what people look at, for live views.
//!
//! Invariant: no version is kept for its own sake, so nothing is written for those who watch. A look reads keys and versions, in a number of
//! reads that does not grow with what it looks at.

use std::str::FromStr;

use kraken_domain::{
    BranchId, FlowId, JobId, ProjectId, RunId,
    flow::{FlowKind, FlowState},
    id::InvalidId,
    run::RunCounts,
};
use kraken_store::Outline;

use crate::{Control, ControlError};

/// When to ask again while something runs.
pub const RUNNING_MS: u32 = 1000;
/// The same for lists, which cost more to look at and to read again.
pub const LIST_RUNNING_MS: u32 = 3000;
/// When to ask again while nothing does.
pub const IDLE_MS: u32 = 15_000;

/// Runs of each kind that are looked at of a branch: the newest.
const RUNS: u32 = 40;
/// Agents that are looked at.
const AGENTS: u32 = 1000;
/// Jobs that are looked at in each lane: the oldest.
const WAITING: u32 = 100;

/// Something that people look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// A flow and its runs.
    Flow(FlowId),
    /// A run and the counts of its jobs.
    Run(RunId),
    /// A job and its steps.
    Job(JobId),
    /// The newest runs of a branch, and what their jobs do.
    Branch(BranchId),
    /// All agents.
    Agents,
    /// What waits for agents: the oldest jobs of each lane.
    Queue,
}

/// A text that names nothing that can be watched: mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoKey(String);

impl FromStr for Watched {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        fn id<T: FromStr<Err = InvalidId>>(text: &str, watched: fn(T) -> Watched) -> Result<Watched, NoKey> {
            text.parse().map(watched).map_err(|error| NoKey(error.to_string()))
        }
        match text.split_once(':') {
            Some(("flow", text)) => id(text, Self::Flow),
            Some(("run", text)) => id(text, Self::Run),
            Some(("job", text)) => id(text, Self::Job),
            Some(("branch", text)) => id(text, Self::Branch),
            None if text == "agents" => Ok(Self::Agents),
            None if text == "queue" => Ok(Self::Queue),
            _ => {
                let expected = "flow:<id>, run:<id>, job:<id>, branch:<id>, agents or queue";
                Err(NoKey(format!("{text:?} cannot be watched: expected {expected}")))
            }
        }
    }
}

/// A watched thing as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    /// Its project, whose roles apply; `None`: whoever has a token may know.
    pub project: Option<ProjectId>,
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
                let runs = self.store.runs(*id).await?;
                let ids: Vec<RunId> = runs.iter().map(|run| run.id).collect();
                let counts = self.store.counts_of(&ids).await?;
                let runs = runs.iter().zip(counts).map(|(run, counts)| run_version(run.version, counts));
                let version = runs.fold(flow.version, mixed);
                let running = matches!(flow.state, FlowState::InProgress { .. });
                Some(Version { project: Some(flow.project), version, next_ms: next(running, RUNNING_MS) })
            }
            Watched::Run(id) => {
                let Some(run) = self.store.run(*id).await? else { return Ok(None) };
                let version = run_version(run.version, self.store.counts(*id).await?);
                Some(Version { project: Some(run.project), version, next_ms: next(!run.is_completed(), RUNNING_MS) })
            }
            Watched::Job(id) => {
                let Some(job) = self.store.job(*id).await? else { return Ok(None) };
                Some(Version { project: Some(job.project), version: job.version, next_ms: next(!job.is_completed(), RUNNING_MS) })
            }
            Watched::Branch(id) => self.branch_version(*id).await?,
            Watched::Agents => {
                let agents = self.store.agent_outlines(AGENTS).await?;
                let version = agents.iter().fold(0, |version, agent| mixed(mixed(version, text_part(&agent.id)), agent.version));
                Some(Version { project: None, version, next_ms: LIST_RUNNING_MS })
            }
            Watched::Queue => Some(self.queue_version().await?),
        })
    }

    /// Three reads, and one more while something runs. What is repeated in a run that is not among the newest is not seen.
    async fn branch_version(&self, id: BranchId) -> Result<Option<Version>, ControlError> {
        let (branch, ci, dev) = tokio::try_join!(
            self.store.branch(id),
            self.store.run_outlines(id, FlowKind::Ci, RUNS),
            self.store.run_outlines(id, FlowKind::Dev, RUNS),
        )?;
        let Some(branch) = branch else { return Ok(None) };
        let runs: Vec<Outline<RunId>> = ci.into_iter().chain(dev).collect();
        let open: Vec<RunId> = runs.iter().filter(|run| run.owed).map(|run| run.id).collect();
        let counts = self.store.counts_of(&open).await?;
        let version = runs.iter().fold(branch.version, |version, run| mixed(mixed(version, text_part(&run.id)), run.version));
        let version = counts.into_iter().fold(version, run_version);
        Ok(Some(Version { project: Some(branch.project), version, next_ms: next(!open.is_empty(), LIST_RUNNING_MS) }))
    }

    /// A read for each lane, of which there are few.
    async fn queue_version(&self) -> Result<Version, ControlError> {
        let (mut version, mut waits) = (0, false);
        for lane in self.store.lanes().await? {
            for job in self.store.waiting_in(&lane, WAITING).await? {
                waits = true;
                version = mixed(version, text_part(&job));
            }
        }
        Ok(Version { project: None, version, next_ms: next(waits, LIST_RUNNING_MS) })
    }
}

fn run_version(version: u64, counts: RunCounts) -> u64 {
    let parts = [counts.total, counts.executing, counts.completed, counts.error];
    parts.into_iter().fold(version, |mixed_so_far, part| mixed(mixed_so_far, part.unsigned_abs()))
}

/// An id as a whole number.
fn text_part(id: &impl ToString) -> u64 {
    id.to_string().bytes().fold(0, |so_far, byte| mixed(so_far, u64::from(byte)))
}

/// FNV-1a over whole numbers: only equality matters. Cut to 53 bits, which every JSON reader keeps.
fn mixed(version: u64, part: u64) -> u64 {
    ((version ^ part).wrapping_mul(0x0000_0100_0000_01b3).wrapping_add(0x9e37)) & ((1 << 53) - 1)
}

fn next(running: bool, while_running: u32) -> u32 {
    if running { while_running } else { IDLE_MS }
}
