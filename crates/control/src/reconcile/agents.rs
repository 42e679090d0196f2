//! The watchdog of agents: those that nothing is heard of get no jobs.

use kraken_domain::{AgentId, agent::AgentEvent};
use kraken_store::{Commit, Owed, Seen, TodoKind};
use tracing::Instrument;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Agents that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 500;

impl Control {
    /// Looks whether an agent has gone silent.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn reconcile_agent(&self, id: AgentId) -> Result<(), ControlError> {
        decide!(self.look_at_agent(id))
    }

    async fn look_at_agent(&self, id: AgentId) -> Result<(), Attempt> {
        let now = self.clock.now();
        let Some(seen) = self.store.seen(&[id]).await?.into_iter().next().flatten() else { return Ok(()) };
        if seen.silent_at.is_none_or(|silent_at| now < silent_at) {
            return Ok(());
        }
        let mut commit = Commit::new();
        commit.replace(&seen, &Seen { silent_at: None, ..seen.value.clone() })?;
        if let Some(agent) = self.store.agent(id).await?
            && let Ok(moved) = agent.on(AgentEvent::Silent, now)
        {
            commit.replace(&agent, &moved.next)?;
            tracing::warn!(agent.id = %id, agent.name = agent.name, "nothing is heard of an agent; it gets no jobs until it is back");
        }
        self.store.commit(commit).await?;
        Ok(())
    }

    /// Looks at every agent that may have gone silent.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_agents(&self) -> Result<usize, ControlError> {
        let mut looked = 0;
        for item in self.store.owed(TodoKind::Agent, self.clock.now(), PER_TICK).await? {
            let Owed::Agent(agent) = item else { continue };
            let span = tracing::info_span!("agent", agent.id = %agent);
            match self.reconcile_agent(agent).instrument(span).await {
                Ok(()) => looked += 1,
                Err(error) => tracing::warn!(agent.id = %agent, %error, "an agent could not be looked at; it stays due"),
            }
        }
        Ok(looked)
    }
}
