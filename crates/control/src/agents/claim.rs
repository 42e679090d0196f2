//! An agent takes the job that it was promised. Only this hands out a lease, and the job's secrets.

use kraken_domain::{
    AgentId,
    job::{Job, JobEvent, JobRefusal, JobState, Outcome, Verdict},
};
use kraken_protocol::agent::{ClaimRequest, Claimed, JobOrder};
use kraken_store::Versioned;

use super::session::{later, refuse_replaced, try_prefix};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// The job promised to `agent`, now held by it; nothing if none is. Asking again gives the same.
    ///
    /// # Errors
    /// [`ControlError::AgentInUse`] when another installation has taken the agent over; [`ControlError`] when the table or the
    /// object store failed.
    pub async fn claim(&self, agent: AgentId, request: ClaimRequest) -> Result<Claimed, ControlError> {
        let order = decide!(self.try_claim(agent, &request))?;
        Ok(Claimed { job: order.map(Box::new) })
    }

    pub(super) async fn try_claim(&self, id: AgentId, request: &ClaimRequest) -> Result<Option<JobOrder>, Attempt> {
        let now = self.clock.now();
        let agent = self.agent(id).await?;
        refuse_replaced(&agent, &request.installation)?;
        let Some(job) = agent.job() else { return Ok(None) };
        let read = self.job(job).await?;
        let log_prefix = try_prefix(id, job, read.generation);
        let lease_until = later(now, i64::from(self.settings.intervals.lease_s));
        let moved = match read.on(JobEvent::Claim { agent: id, lease_until, log_prefix }, now) {
            Ok(moved) => moved,
            // The answer to the first claim was lost. Its lease begins anew, as the agent counts it from this answer.
            Err(JobRefusal::Already { .. }) if matches!(read.state, JobState::Running { .. }) => {
                let event = JobEvent::Renew { generation: read.generation, lease_until, steps: read.steps.clone() };
                read.on(event, now).map_err(ControlError::from)?
            }
            // The promise was taken back.
            Err(_) => return Ok(None),
        };
        // Before the job is held: what cannot be handed out must not be held.
        let order = match self.order(&moved.next).await {
            Ok(order) => order,
            Err(never @ (ControlError::NotFound { .. } | ControlError::Damaged(_))) => {
                return self.give_up_job(&read, &never).await.map(|()| None);
            }
            Err(error) => return Err(error.into()),
        };
        self.commit_job(&read, moved, None).await?;
        tracing::debug!(job.id = %job, agent.id = %id, "a job was claimed");
        Ok(Some(order))
    }

    /// Ends a job that nobody can ever run.
    async fn give_up_job(&self, read: &Versioned<Job>, never: &ControlError) -> Result<(), Attempt> {
        tracing::warn!(job.id = %read.id, error = %never, "a job cannot be run and ends");
        let verdict = match never {
            ControlError::NotFound { .. } => Verdict::because(Outcome::Cancelled, format!("what it belongs to was deleted: {never}")),
            _ => Verdict::because(Outcome::SchemaError, never.to_string()),
        };
        match read.on(JobEvent::GiveUp { verdict }, self.clock.now()) {
            Ok(moved) => self.commit_job(read, moved, None).await.map(drop),
            // It runs already, on an earlier answer: its agent knows all it needs.
            Err(_) => Ok(()),
        }
    }
}
