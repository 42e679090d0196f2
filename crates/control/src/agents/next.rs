//! The next job for an agent that is about to be free: found, promised and claimed in the same write that takes in its last one.
//!
//! Saves an agent that has work the way over the scheduler, its queue and a claim. Who gets which job is decided as ever.

use kraken_domain::{
    Timestamp,
    agent::{Agent, AgentEvent},
    job::{Job, JobEvent},
    schedule::plan,
};
use kraken_protocol::agent::JobOrder;
use kraken_store::Versioned;

use super::session::{later, try_prefix};
use crate::{Control, ControlError};

/// A job for an agent, as both are from then on.
pub(super) struct NextJob {
    pub(super) read: Versioned<Job>,
    pub(super) claimed: Job,
    pub(super) agent: Agent,
    pub(super) order: JobOrder,
}

impl Control {
    /// The oldest job that waits and fits `agent`, which must be idle; nothing is written.
    pub(super) async fn next_for(&self, agent: &Agent, now: Timestamp) -> Result<Option<NextJob>, ControlError> {
        let heads = self.heads(std::slice::from_ref(agent)).await?;
        let Some(assignment) = plan(&heads, std::slice::from_ref(agent)).pop() else { return Ok(None) };
        // Read from the table: indexes lag.
        let Some(read) = self.store.job(assignment.job).await? else { return Ok(None) };
        let Ok(assigned) = read.on(JobEvent::Assign { agent: agent.id }, now) else { return Ok(None) };
        let log_prefix = try_prefix(agent.id, read.id, assigned.next.generation);
        let lease_until = later(now, i64::from(self.settings.intervals.lease_s));
        let claim = JobEvent::Claim { agent: agent.id, lease_until, log_prefix };
        let claimed = assigned.next.on(claim, now).map_err(ControlError::from)?.next;
        let agent = agent.on(AgentEvent::Assign { job: read.id }, now).map_err(ControlError::from)?.next;
        match self.order(&claimed).await {
            Ok(order) => Ok(Some(NextJob { read, claimed, agent, order })),
            // The scheduler gives it out like any other, and the claim ends it.
            Err(ControlError::NotFound { .. } | ControlError::Damaged(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
