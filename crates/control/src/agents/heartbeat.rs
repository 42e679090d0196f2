//! An agent lives; and, holding a job, still works on it.

use kraken_domain::{
    AgentId, Timestamp,
    agent::{Agent, AgentEvent, AgentState},
    job::{JobEvent, JobState},
};
use kraken_protocol::agent::{HeartbeatAnswer, HeartbeatRequest, JobProgress};
use kraken_store::{Commit, Seen};

use super::session::{later, refuse_replaced};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Takes a sign of life, renews the lease of the job that it names, and says what the agent should know.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the named job is not the agent's any more; [`ControlError::AgentInUse`] when another
    /// installation has taken the agent over.
    pub async fn heartbeat(&self, agent: AgentId, request: HeartbeatRequest) -> Result<HeartbeatAnswer, ControlError> {
        // The job first: an agent whose lease is renewed is certainly alive.
        let renewed = match &request.job {
            Some(progress) => Some(decide!(self.try_renew(agent, progress))?),
            None => None,
        };
        let mut answer = decide!(self.try_seen(agent, &request))?;
        if let Some((lease_until, stop)) = renewed {
            answer.lease_until = Some(lease_until);
            answer.stop = stop;
        }
        Ok(answer)
    }

    async fn try_renew(&self, agent: AgentId, progress: &JobProgress) -> Result<(Timestamp, bool), Attempt> {
        let now = self.clock.now();
        let read = self.job(progress.job).await?;
        if read.holder() != Some(agent) {
            return Err(ControlError::Stale(format!("agent {agent} does not hold job {}: stop working on it", progress.job)).into());
        }
        let lease_until = later(now, i64::from(self.settings.intervals.lease_s));
        let event = JobEvent::Renew { generation: progress.generation, lease_until, steps: progress.steps.clone() };
        let moved = read.on(event, now).map_err(ControlError::from)?;
        let next = self.commit_job(&read, moved, None).await?;
        match next.state {
            JobState::Running { lease_until, stop, .. } => Ok((lease_until, stop.is_some())),
            _ => Err(ControlError::Internal(format!("job {} left its state by a renewal", next.id)).into()),
        }
    }

    async fn try_seen(&self, id: AgentId, request: &HeartbeatRequest) -> Result<HeartbeatAnswer, Attempt> {
        let now = self.clock.now();
        let read = self.agent(id).await?;
        refuse_replaced(&read, &request.installation)?;
        if request.leaving {
            self.decline_promised(&read, now).await?;
        }
        let mut commit = Commit::new();
        commit.overwrite(&Seen { agent: id, at: now, silent_at: (!request.leaving).then(|| self.silent_at(now)) })?;
        let (mut state, mut effects) = (read.state, Vec::new());
        let event = if request.leaving { AgentEvent::Leave } else { AgentEvent::Seen };
        if let Ok(moved) = read.on(event, now) {
            commit.replace(&read, &moved.next)?;
            state = moved.next.state;
            effects = moved.effects;
        }
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(HeartbeatAnswer {
            server_time: now,
            lease_until: None,
            stop: false,
            authorised: !matches!(state, AgentState::Discovered | AgentState::Deleted),
            claim: request.job.is_none() && !request.leaving && read.job().is_some(),
        })
    }

    /// An agent that ends gives back a job that it was promised in its last moment; without this the job would wait for the
    /// claim that never comes.
    async fn decline_promised(&self, agent: &Agent, now: Timestamp) -> Result<(), Attempt> {
        let Some(job) = agent.job() else { return Ok(()) };
        let Some(read) = self.store.job(job).await? else { return Ok(()) };
        match read.on(JobEvent::Decline { agent: agent.id }, now) {
            Ok(moved) => {
                self.commit_job(&read, moved, Some(AgentEvent::Leave)).await?;
                Err(Attempt::Again)
            }
            Err(_) => Ok(()),
        }
    }
}
