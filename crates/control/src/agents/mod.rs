//! What agents ask for, and what people do with agents.

mod abandon;
mod artifacts;
mod claim;
mod data;
mod duty;
mod enrol;
mod finish;
mod groups;
mod heartbeat;
mod next;
mod order;
mod session;

pub(crate) use session::{AGENTS_PREFIX, later};

use kraken_domain::{
    AgentId, Effect, JobId, Moved,
    agent::{Agent, AgentEvent, AgentRefusal},
    job::Job,
    needs::Ended,
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
    /// `gone`: the agent is not only let go, but gone in this way until it is heard of again.
    pub(crate) async fn commit_job(&self, read: &Versioned<Job>, moved: Moved<Job>, gone: Option<AgentEvent>) -> Result<Job, Attempt> {
        let JobChange { next, counts, agent, effects } = self.job_change(read, moved, gone).await?;
        let mut commit = Commit::new();
        commit.replace(read, &next)?;
        note_end(&mut commit, Some(&read.value), &next)?;
        commit.add_counts(next.id.run, counts, self.clock.now());
        if let Some((read, next)) = &agent {
            commit.replace(read, next)?;
        }
        self.store.commit(commit).await?;
        self.perform(effects).await;
        Ok(next)
    }

    /// All that belongs to what became of a job.
    async fn job_change(&self, read: &Versioned<Job>, moved: Moved<Job>, gone: Option<AgentEvent>) -> Result<JobChange, Attempt> {
        let Moved { next, mut effects } = moved;
        let mut agent = None;
        if let Some(holder) = read.holder().filter(|holder| next.holder() != Some(*holder)) {
            agent = self.released(holder, next.id, gone, &mut effects).await?;
        }
        Ok(JobChange { counts: RunCounts::change(Some(&read.value), &next), next, agent, effects })
    }

    /// The agent without the job, if that changes it.
    async fn released(
        &self,
        agent: AgentId,
        job: JobId,
        gone: Option<AgentEvent>,
        effects: &mut Vec<Effect>,
    ) -> Result<Option<Released>, Attempt> {
        let now = self.clock.now();
        // A deleted agent's record may be gone; then there is nobody to let go.
        let Some(read) = self.store.agent(agent).await? else { return Ok(None) };
        let (mut next, mut woken) = (None, Vec::new());
        for event in [AgentEvent::Release { job }].into_iter().chain(gone) {
            match next.as_ref().unwrap_or(&read.value).on(event, now) {
                Ok(moved) => {
                    next = Some(moved.next);
                    woken = moved.effects;
                }
                Err(AgentRefusal::Already { .. } | AgentRefusal::NotNow { .. }) => {}
            }
        }
        effects.extend(woken);
        Ok(next.map(|next| (read, next)))
    }
}

/// Notes for the run's reconciler that a job ended that others wait for; most are none.
pub(crate) fn note_end(commit: &mut Commit, before: Option<&Job>, after: &Job) -> Result<(), ControlError> {
    if let Some(ended) = Ended::of(before, after) {
        commit.overwrite(&ended)?;
    }
    Ok(())
}

/// An agent as it was read, and as it is from now on.
type Released = (Versioned<Agent>, Agent);

/// What becomes of a job, and all that must be written together with it.
struct JobChange {
    next: Job,
    counts: RunCounts,
    agent: Option<Released>,
    effects: Vec<Effect>,
}
