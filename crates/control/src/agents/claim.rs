//! An agent takes the job that it was promised. Only this hands out a lease, and the job's secrets.

use kraken_domain::{
    AgentId,
    job::{Job, JobEvent, JobRefusal, JobState},
};
use kraken_protocol::agent::Claimed;

use super::session::{later, prefix};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// The job promised to `agent`, now held by it; nothing if none is. Asking again gives the same.
    ///
    /// # Errors
    /// [`ControlError`] when the table or the object store failed.
    pub async fn claim(&self, agent: AgentId) -> Result<Claimed, ControlError> {
        match decide!(self.try_claim(agent))? {
            Some(job) => Ok(Claimed { job: Some(Box::new(self.order(job).await?)) }),
            None => Ok(Claimed { job: None }),
        }
    }

    async fn try_claim(&self, id: AgentId) -> Result<Option<Job>, Attempt> {
        let now = self.clock.now();
        let agent = self.agent(id).await?;
        let Some(job) = agent.job() else { return Ok(None) };
        let read = self.job(job).await?;
        let log_prefix = format!("{}jobs/{job}/{}/", prefix(id), read.generation.0);
        let lease_until = later(now, i64::from(self.settings.intervals.lease_s));
        match read.on(JobEvent::Claim { agent: id, lease_until, log_prefix }, now) {
            Ok(moved) => {
                let held = self.commit_job(&read, moved, false).await?;
                tracing::debug!(job.id = %job, agent.id = %id, "a job was claimed");
                Ok(Some(held))
            }
            // The answer to the first claim was lost.
            // Its lease begins anew, as the agent counts it from this answer.
            Err(JobRefusal::Already { .. }) if matches!(read.state, JobState::Running { .. }) => {
                let event = JobEvent::Renew { generation: read.generation, lease_until, steps: read.steps.clone() };
                let renewed = read.on(event, now).map_err(ControlError::from)?;
                Ok(Some(self.commit_job(&read, renewed, false).await?))
            }
            // The promise was taken back.
            Err(_) => Ok(None),
        }
    }
}
