//! Jobs that are promised to idle agents in the very write that makes them: where nobody waits, nobody has to be woken to find that out.
//!
//! Who gets which job is decided as ever, with the jobs that wait already; what is not promised here, the scheduler gives out.

use kraken_domain::{
    Effect, Timestamp,
    agent::{Agent, AgentEvent},
    job::{Job, JobEvent, JobState},
    place::Lane,
    schedule::{Waiting, plan},
};
use kraken_store::{Commit, StoreError, Versioned};

use crate::{Control, ControlError};

/// Idle agents that are looked at; for more jobs at once the scheduler is the better way.
const AGENTS: u32 = 8;

/// Agents that were promised a job, as they were read and as they are from then on.
#[derive(Default)]
pub(super) struct Promises(Vec<(Versioned<Agent>, Agent)>);

impl Promises {
    /// Adds the agents to the commit that makes their jobs.
    pub(super) fn write(&self, commit: &mut Commit) -> Result<(), StoreError> {
        for (read, next) in &self.0 {
            commit.replace(read, next)?;
        }
        Ok(())
    }

    /// Who must be woken for these jobs, once they are made.
    pub(super) fn effects<'j>(&self, jobs: impl IntoIterator<Item = &'j Job>) -> Vec<Effect> {
        let mut effects: Vec<Effect> = self.0.iter().map(|(agent, _)| Effect::WakeAgent(agent.id)).collect();
        if jobs.into_iter().any(|job| matches!(job.state, JobState::Queued { .. })) {
            effects.push(Effect::WakeScheduler);
        }
        effects
    }
}

impl Control {
    /// Promises those of the new jobs that are next to agents that are idle, at most `room` of them. Making the jobs must not depend on
    /// what else there is: where something cannot be read, nothing is promised.
    pub(super) async fn promise(&self, jobs: &mut [&mut Job], room: usize, now: Timestamp) -> Promises {
        let mut promises = Promises::default();
        if let Err(error) = self.try_promise(jobs, room, now, &mut promises).await {
            tracing::warn!(%error, "new jobs could not all be promised; the scheduler will");
        }
        promises
    }

    async fn try_promise(&self, jobs: &mut [&mut Job], room: usize, now: Timestamp, promises: &mut Promises) -> Result<(), ControlError> {
        if jobs.is_empty() || room == 0 {
            return Ok(());
        }
        let idle = self.store.idle_agents(AGENTS, None).await?.items;
        if idle.is_empty() {
            return Ok(());
        }
        let mut heads = self.heads(&idle).await?;
        for job in jobs.iter().filter(|job| matches!(job.state, JobState::Queued { .. })) {
            add(&mut heads, job);
        }
        for assignment in plan(&heads, &idle) {
            let Some(job) = jobs.iter_mut().find(|job| job.id == assignment.job).filter(|_| promises.0.len() < room) else { continue };
            // Indexes lag: the record tells whether it is idle.
            let Some(read) = self.store.agent(assignment.agent).await? else { continue };
            let (Ok(assigned), Ok(busy)) =
                (job.on(JobEvent::Assign { agent: read.id }, now), read.on(AgentEvent::Assign { job: job.id }, now))
            else {
                continue;
            };
            **job = assigned.next;
            promises.0.push((read, busy.next));
        }
        Ok(())
    }
}

/// A new job waits behind those of its lane.
fn add(heads: &mut Vec<(Lane, Vec<Waiting>)>, job: &Job) {
    let (lane, waiting) = (job.place.lane(), Waiting { run_created_at: job.run_created_at, job: job.id });
    match heads.iter_mut().find(|(known, _)| *known == lane) {
        Some((_, jobs)) => jobs.push(waiting),
        None => heads.push((lane, vec![waiting])),
    }
}
