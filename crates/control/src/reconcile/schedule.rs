//! The scheduler: gives jobs that wait to agents that are idle.

use futures::future::join_all;
use kraken_domain::{
    agent::{Agent, AgentEvent, AgentRefusal},
    job::{JobEvent, JobRefusal},
    place::Lane,
    schedule::{Assignment, Waiting, plan},
};
use kraken_store::Commit;
use tracing::Instrument;

use crate::{Control, ControlError, again::Attempt};

/// Idle agents that one round looks at.
const AGENTS_PER_ROUND: u32 = 100;
/// Rounds of one call: a bound, should writes and reads of the index drift apart.
const ROUNDS_MAX: usize = 100;

impl Control {
    /// Assigns jobs until no idle agent fits a waiting job. Gives how many were assigned.
    ///
    /// Looks at idle agents and at the heads of the lanes that they fit; so its cost does not grow with the queue.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed; what was assigned until then stays.
    pub async fn schedule(&self) -> Result<usize, ControlError> {
        tracing::debug!("looking for jobs to give out");
        let mut assigned = 0;
        for _ in 0..ROUNDS_MAX {
            let made = self.schedule_round().await?;
            assigned += made;
            if made == 0 {
                break;
            }
        }
        Ok(assigned)
    }

    /// Looks at the idle agents page by page until one page brings assignments: many that fit nothing must not hide one
    /// that fits.
    async fn schedule_round(&self) -> Result<usize, ControlError> {
        let mut after = None;
        loop {
            let page = self.store.idle_agents(AGENTS_PER_ROUND, after.as_ref()).await?;
            let made = if page.items.is_empty() { 0 } else { self.schedule_among(page.items).await? };
            after = page.next;
            if made > 0 || after.is_none() {
                return Ok(made);
            }
        }
    }

    async fn schedule_among(&self, agents: Vec<Agent>) -> Result<usize, ControlError> {
        let heads = self.heads(&agents).await?;
        let assignments = plan(&heads, &agents);
        let done = join_all(assignments.into_iter().map(|assignment| self.assign(assignment))).await;
        let mut made = 0;
        for one in done {
            made += usize::from(one?);
        }
        Ok(made)
    }

    /// The oldest jobs of each lane that one of the agents fits: as many as there are agents.
    pub(crate) async fn heads(&self, agents: &[Agent]) -> Result<Vec<(Lane, Vec<Waiting>)>, ControlError> {
        let lanes = self.store.lanes().await?;
        let fitting = lanes.into_iter().filter(|lane| agents.iter().any(|agent| agent.fits(lane)));
        let wanted = u32::try_from(agents.len()).unwrap_or(AGENTS_PER_ROUND);
        let heads = join_all(fitting.map(|lane| async move { self.store.lane_head(&lane, wanted).await.map(|jobs| (lane, jobs)) })).await;
        Ok(heads.into_iter().collect::<Result<Vec<_>, _>>()?)
    }

    /// Promises the job to the agent if both are still free. `false`: one of them is not; another round will tell.
    async fn assign(&self, assignment: Assignment) -> Result<bool, ControlError> {
        let Assignment { job, agent } = assignment;
        let span = tracing::info_span!("assign", flow.id = %job.flow(), run.id = %job.run, job.id = %job, agent.id = %agent);
        self.assign_within(assignment).instrument(span).await
    }

    async fn assign_within(&self, assignment: Assignment) -> Result<bool, ControlError> {
        match self.try_assign(assignment).await {
            Ok(made) => Ok(made),
            Err(Attempt::Refused(_) | Attempt::Again) => Ok(false),
            Err(Attempt::Failed(error)) if error.is_passing() => Err(error),
            Err(Attempt::Failed(error)) => {
                tracing::error!(%error, "a job could not be given out; it holds up no other");
                Ok(false)
            }
        }
    }

    async fn try_assign(&self, Assignment { job, agent }: Assignment) -> Result<bool, Attempt> {
        let now = self.clock.now();
        let (read_job, read_agent) = tokio::try_join!(self.store.job(job), self.store.agent(agent))?;
        let (Some(read_job), Some(read_agent)) = (read_job, read_agent) else { return Ok(false) };
        let assigned: Result<_, JobRefusal> = read_job.on(JobEvent::Assign { agent }, now);
        let busy: Result<_, AgentRefusal> = read_agent.on(AgentEvent::Assign { job }, now);
        let (Ok(assigned), Ok(busy)) = (assigned, busy) else { return Ok(false) };
        let mut commit = Commit::new();
        commit.replace(&read_job, &assigned.next)?.replace(&read_agent, &busy.next)?;
        self.store.commit(commit).await?;
        tracing::debug!(job.id = %job, agent.id = %agent, "gave a job to an agent");
        self.perform(assigned.effects.into_iter().chain(busy.effects)).await;
        Ok(true)
    }
}
