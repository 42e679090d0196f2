//! Groups of agents, and which agents are in them.

use kraken_domain::{
    AgentId,
    agent::Agent,
    place::ALL_AGENTS,
    record::{AgentsGroup, check_plain_name},
};
use kraken_protocol::api::NewGroup;
use kraken_store::{Commit, CommitError};

use crate::{
    Control, ControlError,
    again::{Attempt, decide, unopposed},
};

impl Control {
    /// Makes an agents group.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a bad name, [`ControlError::Conflict`] when there is one of that name.
    pub async fn create_group(&self, new: NewGroup) -> Result<AgentsGroup, ControlError> {
        check_plain_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        if new.name == ALL_AGENTS {
            return Err(ControlError::invalid("/name", "the name \"all\" stands for every authorised agent: expected another"));
        }
        let group = AgentsGroup { name: new.name, project: new.project, description: new.description, created_at: self.clock.now() };
        let mut commit = Commit::new();
        commit.create(&group)?;
        match self.store.commit(commit).await {
            Ok(()) => Ok(group),
            Err(CommitError::Refused(_)) => Err(ControlError::Conflict(format!("there is already an agents group {:?}", group.name))),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Removes an agents group. Agents that are in it stay; jobs that name it later end as `agents_group_missing`.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_group(&self, name: &str) -> Result<(), ControlError> {
        let group = self.store.group(name).await?.ok_or_else(|| ControlError::not_found("agents group", name))?;
        let mut commit = Commit::new();
        commit.forget(&group.value);
        self.store.commit(commit).await.map_err(unopposed)
    }

    /// Puts an agent into exactly these groups, besides `all`.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the agent, [`ControlError::Invalid`] for a group that does not exist.
    pub async fn set_agent_groups(&self, agent: AgentId, groups: Vec<String>) -> Result<Agent, ControlError> {
        for (at, name) in groups.iter().enumerate() {
            if self.store.group(name).await?.is_none() {
                return Err(ControlError::invalid(format!("/groups/{at}"), format!("there is no agents group {name:?}: make it first")));
            }
        }
        decide!(self.try_set_agent_groups(agent, &groups))
    }

    async fn try_set_agent_groups(&self, id: AgentId, groups: &[String]) -> Result<Agent, Attempt> {
        let read = self.agent(id).await?;
        let next = Agent { groups: groups.iter().cloned().collect(), ..read.value.clone() };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        self.store.commit(commit).await?;
        self.perform([kraken_domain::Effect::WakeScheduler]).await;
        Ok(next)
    }
}
