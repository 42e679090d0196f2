//! Why a job waits.

use kraken_domain::{
    job::{Job, JobState},
    schedule::explain_waiting,
};
use kraken_protocol::api::WaitingView;

use crate::{Control, ControlError};

/// Jobs before it are counted no further.
const COUNTED: u32 = 1000;
/// Agents that are looked at for the explanation.
const AGENTS: u32 = 1000;

impl Control {
    /// Why a job waits, in one sentence.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn waiting(&self, job: &Job) -> Result<WaitingView, ControlError> {
        match &job.state {
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
}
