//! What agents ask for, and what people do with agents.

mod abandon;
mod artifacts;
mod claim;
mod duty;
mod enrol;
mod finish;
mod groups;
mod heartbeat;
mod order;
mod session;

pub(crate) use session::later;

use kraken_domain::{
    AgentId, Effect, JobId, Moved,
    agent::{Agent, AgentEvent, AgentRefusal},
    job::Job,
    run::RunCounts,
};
use kraken_store::{Commit, Versioned};

use crate::{Control, ControlError, again::Attempt};

impl Control {
    /// An agent.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn agent(&self, id: AgentId) -> Result<Versioned<Agent>, ControlError> {
        self.store.agent(id).await?.ok_or_else(|| ControlError::not_found("agent", id))
    }

    /// A job.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn job(&self, id: JobId) -> Result<Versioned<Job>, ControlError> {
        self.store.job(id).await?.ok_or_else(|| ControlError::not_found("job", id))
    }

    /// Commits what became of a job: the job, the counts of its run, and its agent let go where the job has left its hands.
    /// `lost`: the agent is not only let go but counts as silent until it is heard of again.
    pub(crate) async fn commit_job(&self, read: &Versioned<Job>, moved: Moved<Job>, lost: bool) -> Result<Job, Attempt> {
        let now = self.clock.now();
        let Moved { next, mut effects } = moved;
        let mut commit = Commit::new();
        commit.replace(read, &next)?;
        commit.add_counts(next.id.run, RunCounts::change(Some(&read.value), &next), now);
        if let Some(agent) = read.holder().filter(|agent| next.holder() != Some(*agent)) {
            let released = self.released(agent, next.id, lost, &mut commit).await?;
            effects.extend(released);
        }
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(next)
    }

    async fn released(&self, agent: AgentId, job: JobId, lost: bool, commit: &mut Commit) -> Result<Vec<Effect>, Attempt> {
        let now = self.clock.now();
        // A deleted agent's record may be gone; then there is nobody to let go.
        let Some(read) = self.store.agent(agent).await? else { return Ok(Vec::new()) };
        let events: &[AgentEvent] = if lost { &[AgentEvent::Release { job }, AgentEvent::Silent] } else { &[AgentEvent::Release { job }] };
        let (mut next, mut effects, mut changed) = (read.value.clone(), Vec::new(), false);
        for event in events {
            match next.on(*event, now) {
                Ok(moved) => {
                    next = moved.next;
                    effects = moved.effects;
                    changed = true;
                }
                Err(AgentRefusal::Already { .. } | AgentRefusal::NotNow { .. }) => {}
            }
        }
        if changed {
            commit.replace(&read, &next)?;
        }
        Ok(effects)
    }
}
