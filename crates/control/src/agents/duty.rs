//! What administrators do with agents.

use kraken_domain::{
    AgentId,
    agent::{Agent, AgentEvent, AgentRefusal},
};
use kraken_store::{Bearer, Commit, Token, Versioned};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Lets a discovered agent in; it gets jobs from its next session on. So already: nothing happens.
    ///
    /// # Errors
    /// [`ControlError::NotFound`], [`ControlError::Conflict`].
    pub async fn authorise_agent(&self, agent: AgentId) -> Result<Agent, ControlError> {
        self.agent(agent).await?;
        self.queues.create_agent_queue(agent).await?;
        decide!(self.try_agent_event(agent, AgentEvent::Authorise))
    }

    /// Lets an agent take jobs.
    ///
    /// # Errors
    /// [`ControlError::NotFound`], [`ControlError::Conflict`].
    pub async fn enable_agent(&self, agent: AgentId) -> Result<Agent, ControlError> {
        let now = self.clock.now();
        let seen = self.store.seen(&[agent]).await?.into_iter().next().flatten();
        let alive = seen.is_some_and(|seen| seen.silent_at.is_some_and(|silent_at| now < silent_at));
        decide!(self.try_agent_event(agent, AgentEvent::Enable { alive }))
    }

    /// Lets an agent finish its job and take no more.
    ///
    /// # Errors
    /// [`ControlError::NotFound`], [`ControlError::Conflict`].
    pub async fn disable_agent(&self, agent: AgentId) -> Result<Agent, ControlError> {
        decide!(self.try_agent_event(agent, AgentEvent::Disable))
    }

    async fn try_agent_event(&self, id: AgentId, event: AgentEvent) -> Result<Agent, Attempt> {
        let read = self.agent(id).await?;
        let moved = match read.on(event, self.clock.now()) {
            Ok(moved) => moved,
            Err(AgentRefusal::Already { .. }) => return Ok(read.value),
            Err(refusal) => return Err(ControlError::from(refusal).into()),
        };
        let mut commit = Commit::new();
        commit.replace(&read, &moved.next)?;
        self.store.commit(commit).await?;
        self.perform(moved.effects).await;
        Ok(moved.next)
    }

    /// Removes an agent: its token is worth nothing from now on, its queue is gone, its job is lost when the lease ends.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_agent(&self, id: AgentId) -> Result<(), ControlError> {
        let agent = decide!(self.try_agent_event(id, AgentEvent::Delete))?;
        if let Some(token) = self.token_of(id).await? {
            let mut commit = Commit::new();
            commit.forget(&token.value);
            self.store.commit(commit).await.map_err(crate::again::unopposed)?;
        }
        self.queues.delete_agent_queue(agent.id).await?;
        Ok(())
    }

    async fn token_of(&self, id: AgentId) -> Result<Option<Versioned<Token>>, ControlError> {
        let mut after = None;
        loop {
            let page = self.store.agent_tokens(100, after.as_ref()).await?;
            let found = page.items.into_iter().find(|token| token.bearer == Bearer::Agent { agent: id });
            if found.is_some() || page.next.is_none() {
                return Ok(found);
            }
            after = page.next;
        }
    }
}
