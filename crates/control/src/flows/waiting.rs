//! Why a job waits.

use kraken_domain::{
    job::{Job, JobState},
    needs::Progress,
    schedule::explain_waiting,
};
use kraken_protocol::api::WaitingView;

use crate::{Control, ControlError};

/// Jobs before it are counted no further.
const COUNTED: u32 = 1000;
/// Jobs that are named of those that it waits for.
const NAMED: usize = 3;
/// Agents that are looked at for the explanation.
const AGENTS: u32 = 1000;

impl Control {
    /// Why a job waits, in one sentence.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn waiting(&self, job: &Job) -> Result<WaitingView, ControlError> {
        match &job.state {
            JobState::Held { .. } => self.held_by(job).await,
            JobState::Queued { .. } => {
                let (ahead, agents) = tokio::try_join!(self.store.ahead_of(job, COUNTED), self.store.agents(AGENTS, None))?;
                let agents: Vec<_> = agents.items.into_iter().map(|agent| agent.value).collect();
                let reason = explain_waiting(&job.place.lane(), ahead as usize, &agents);
                Ok(WaitingView { waiting: true, reason, ahead: Some(ahead) })
            }
            JobState::Assigned { agent, .. } => {
                let name = self.store.agent(*agent).await?.map_or_else(|| agent.to_string(), |agent| agent.name.clone());
                Ok(WaitingView { waiting: true, reason: format!("it is given to agent {name}, which has not yet begun"), ahead: Some(0) })
            }
            state => Ok(WaitingView { waiting: false, reason: format!("it does not wait: it is {}", state.as_str()), ahead: None }),
        }
    }

    /// Which other jobs of its run a job waits for.
    async fn held_by(&self, job: &Job) -> Result<WaitingView, ControlError> {
        let run = self.run(job.id.run).await?;
        let graph = self.graph(&run).await?;
        let progress = self.store.needs(run.id).await?.map_or_else(|| Progress::begin(run.id, &graph), |read| read.value);
        let open: Vec<u32> = progress.open_needs(&graph, job.slot()).collect();
        let jobs = self.newest_jobs(run.id, &open[..open.len().min(NAMED)]).await?;
        let named: Vec<String> = jobs.values().map(|job| format!("{} ({})", job.name, job.state.as_str())).collect();
        let reason = match (open.len(), open.len().saturating_sub(NAMED)) {
            (0, _) => "all that it needs is ok: it is about to be queued".to_owned(),
            (1, _) => format!("waits for job {}", named.join(", ")),
            (all, 0) => format!("waits for {all} jobs: {}", named.join(", ")),
            (all, more) => format!("waits for {all} jobs: {}, and {more} more", named.join(", ")),
        };
        Ok(WaitingView { waiting: true, reason, ahead: None })
    }
}
