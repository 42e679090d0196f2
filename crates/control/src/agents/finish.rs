//! An agent is done with a job: all that it brought is stored.

use kraken_domain::{
    AgentId, Moved,
    job::{JobEvent, JobRefusal},
};
use kraken_protocol::agent::FinishRequest;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Takes in how a job went. Told twice, it is the same as once.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more: what it did does not count.
    pub async fn finish(&self, agent: AgentId, request: FinishRequest) -> Result<(), ControlError> {
        decide!(self.try_finish(agent, &request))
    }

    async fn try_finish(&self, agent: AgentId, request: &FinishRequest) -> Result<(), Attempt> {
        let now = self.clock.now();
        let read = self.job(request.job).await?;
        if read.agent() != Some(agent) {
            return Err(ControlError::Stale(format!("agent {agent} does not hold job {}: what it did does not count", request.job)).into());
        }
        let event = JobEvent::Finish { generation: request.generation, verdict: request.verdict.clone(), steps: request.steps.clone() };
        let finished = match read.on(event, now) {
            Ok(moved) => moved,
            Err(JobRefusal::Already { .. }) => return Ok(()),
            Err(refusal) => return Err(ControlError::from(refusal).into()),
        };
        // Nothing is left to take in: the two steps are one write.
        let completed = finished.next.on(JobEvent::Complete, now).map_err(ControlError::from)?;
        let effects: Vec<_> = finished.effects.into_iter().chain(completed.effects).collect();
        self.commit_job(&read, Moved::with(completed.next, effects), false).await?;
        Ok(())
    }
}
