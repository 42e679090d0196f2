//! A restarted agent says which job it was interrupted in, and one that ends which job came too late. Nothing of it runs any more.

use kraken_domain::{AgentId, job::JobEvent};
use kraken_protocol::agent::AbandonRequest;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Takes an interrupted job back at once instead of waiting for its lease to end.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more: nothing is to be done.
    pub async fn abandon(&self, agent: AgentId, request: AbandonRequest) -> Result<(), ControlError> {
        decide!(self.try_abandon(agent, &request))
    }

    async fn try_abandon(&self, agent: AgentId, request: &AbandonRequest) -> Result<(), Attempt> {
        let read = self.job(request.job).await?;
        if read.holder() != Some(agent) {
            return Err(ControlError::Stale(format!("agent {agent} does not hold job {}", request.job)).into());
        }
        let moved = read
            .on(JobEvent::Abandon { generation: request.generation, untouched: request.untouched }, self.clock.now())
            .map_err(ControlError::from)?;
        self.commit_job(&read, moved, None).await?;
        Ok(())
    }
}
