//! An agent is done with a job: all that it brought is stored. It may get its next one with the answer.

use kraken_domain::{
    AgentId, Effect, Moved,
    agent::AgentState,
    job::{JobEvent, JobRefusal},
    run::RunCounts,
};
use kraken_protocol::agent::{ClaimRequest, FinishRequest, Finished, JobOrder};
use kraken_store::Commit;

use super::{JobChange, next::NextJob, note_end};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// So often the next job is looked for with the report; then the report alone goes through.
const TRIES_WITH_NEXT: usize = 2;

impl Control {
    /// Takes in how a job went. Told twice, it is the same as once.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more: what it did does not count.
    pub async fn finish(&self, agent: AgentId, request: FinishRequest) -> Result<Finished, ControlError> {
        let tries = if request.more { TRIES_WITH_NEXT } else { 0 };
        for _ in 0..tries {
            match self.try_finish(agent, &request, true).await {
                Ok(next) => return Ok(Finished { next: next.map(Box::new) }),
                Err(Attempt::Failed(error)) => return Err(error),
                // Somebody else may have taken the job that was next.
                Err(Attempt::Refused(_) | Attempt::Again) => {}
            }
        }
        let next = decide!(self.try_finish(agent, &request, false))?;
        Ok(Finished { next: next.map(Box::new) })
    }

    async fn try_finish(&self, agent: AgentId, request: &FinishRequest, more: bool) -> Result<Option<JobOrder>, Attempt> {
        let now = self.clock.now();
        let read = self.job(request.job).await?;
        if read.agent() != Some(agent) {
            return Err(ControlError::Stale(format!("agent {agent} does not hold job {}: what it did does not count", request.job)).into());
        }
        let event = JobEvent::Finish { generation: request.generation, verdict: request.verdict.clone(), steps: request.steps.clone() };
        let finished = match read.on(event, now) {
            Ok(moved) => moved,
            // The first answer was lost, and with it perhaps the agent's next job.
            Err(JobRefusal::Already { .. }) if more => {
                let installation = request.installation.clone();
                return self.try_claim(agent, &ClaimRequest { installation }).await;
            }
            Err(JobRefusal::Already { .. }) => return Ok(None),
            Err(refusal) => return Err(ControlError::from(refusal).into()),
        };
        // Nothing is left to take in: the two steps are one write.
        let completed = finished.next.on(JobEvent::Complete, now).map_err(ControlError::from)?;
        let effects: Vec<_> = finished.effects.into_iter().chain(completed.effects).collect();
        let mut change = self.job_change(&read, Moved::with(completed.next, effects), None).await?;
        let next = match &change.agent {
            Some((_, free)) if more && matches!(free.state, AgentState::Idle { .. }) => {
                self.next_for(free, now).await.unwrap_or_else(|error| {
                    // The report must not depend on what else there is.
                    tracing::warn!(agent.id = %agent, ?error, "no next job could be looked for; the scheduler will");
                    None
                })
            }
            _ => None,
        };

        let mut commit = Commit::new();
        commit.replace(&read, &change.next)?;
        note_end(&mut commit, Some(&read.value), &change.next)?;
        if let Some(next) = &next {
            take(&mut commit, &mut change, next, now)?;
        }
        commit.add_counts(change.next.id.run, change.counts, now);
        if let Some((read, next)) = &change.agent {
            commit.replace(read, next)?;
        }
        self.store.commit(commit).await?;
        self.perform(change.effects).await;
        Ok(next.map(|next| next.order))
    }
}

/// Adds that the agent goes on with its next job.
fn take(commit: &mut Commit, change: &mut JobChange, next: &NextJob, now: kraken_domain::Timestamp) -> Result<(), ControlError> {
    commit.replace(&next.read, &next.claimed)?;
    let (run, begun) = (next.claimed.id.run, RunCounts::change(Some(&next.read.value), &next.claimed));
    if let Some((_, agent)) = &mut change.agent {
        agent.clone_from(&next.agent);
    }
    // Nobody became idle.
    change.effects.retain(|effect| *effect != Effect::WakeScheduler);
    if run == change.next.id.run {
        change.counts = change.counts.plus(begun);
        // It goes on: its last job is still to come, and wakes it then. Jobs that wait for this one cannot wait for that.
        change.effects.retain(|effect| *effect != Effect::WakeRun(run) || change.next.order.needed);
    } else {
        commit.add_counts(run, begun, now);
    }
    Ok(())
}
