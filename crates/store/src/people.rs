//! Agents and their groups.

use kraken_domain::{
    AgentId, Timestamp,
    agent::{Agent, AgentState},
    audit::Made,
    news::{self, News},
    record::AgentsGroup,
};
use serde::{Deserialize, Serialize};

use crate::{Cursor, Entity, IdleAgent, Indexes, Key, Paged, Store, StoreError, TodoKind, Versioned, keys, read::Order};

impl Entity for Agent {
    const KIND: &'static str = "an agent";

    fn news(before: Option<&Self>, after: &Self, version: u64) -> News {
        news::of_agent(before, after, version)
    }

    fn key(&self) -> Key {
        keys::agent(self.id)
    }

    fn indexes(&self) -> Indexes {
        let queue = match self.state {
            AgentState::Idle { since } => Some((keys::IDLE.to_owned(), keys::idle(since, self.id), IdleAgent::brief(self))),
            _ => None,
        };
        let list = (self.state != AgentState::Deleted).then(|| (keys::AGENTS.to_owned(), self.id.to_string()));
        Indexes { queue, list, ..Indexes::default() }
    }
}

/// When an agent was last heard of. Apart from the agent, so that a heartbeat never meets an assignment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The agent.
    pub agent: AgentId,
    /// When it was last heard of.
    pub at: Timestamp,
    /// When it counts as silent unless it is heard of before; `None`: already found silent.
    pub silent_at: Option<Timestamp>,
}

impl Entity for Seen {
    const KIND: &'static str = "a sign of life";

    fn stamp(&self) -> u64 {
        self.at.as_millisecond().unsigned_abs()
    }

    fn key(&self) -> Key {
        keys::seen(self.agent)
    }

    fn indexes(&self) -> Indexes {
        Indexes { todo: self.silent_at.map(|at| (TodoKind::Agent, at)), ..Indexes::default() }
    }
}

impl Entity for AgentsGroup {
    const KIND: &'static str = "an agents group";

    fn key(&self) -> Key {
        keys::group(&self.name)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("agents group", &self.name))
    }

    fn indexes(&self) -> Indexes {
        Indexes { list: Some((keys::GROUPS.to_owned(), self.name.clone())), ..Indexes::default() }
    }
}

impl Store {
    /// An agent.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn agent(&self, id: AgentId) -> Result<Option<Versioned<Agent>>, StoreError> {
        self.record(&keys::agent(id)).await
    }

    /// All agents that are not deleted, in order of joining.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agents(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Agent>>, StoreError> {
        self.listed(keys::AGENTS, Order::Ascending, limit, after).await
    }

    /// When agents were last heard of, in the order of `ids`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seen(&self, ids: &[AgentId]) -> Result<Vec<Option<Versioned<Seen>>>, StoreError> {
        self.records(&ids.iter().map(|id| keys::seen(*id)).collect::<Vec<_>>()).await
    }

    /// An agents group.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn group(&self, name: &str) -> Result<Option<Versioned<AgentsGroup>>, StoreError> {
        self.record(&keys::group(name)).await
    }

    /// All agents groups by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn groups(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<AgentsGroup>>, StoreError> {
        self.listed(keys::GROUPS, Order::Ascending, limit, after).await
    }
}
