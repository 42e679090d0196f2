//! How the system is, for those who look after it: what one process can learn with a few reads.
//!
//! Invariant: it costs the same however much waits, and what cannot be learnt is left out, not made an error: it is asked for when something
//! is wrong.

use std::collections::BTreeMap;

use futures::future::join_all;
use kraken_cloud::{Depth, QueueError, Queues};
use kraken_domain::agent::AgentState;
use kraken_protocol::api::{Diagnostics, DueState, QueueState, SearchState};

use crate::{Control, ControlError};

/// So far is counted what is due.
const DUE_COUNTED: u32 = 100;
/// Agents that are counted.
const AGENTS_COUNTED: u32 = 1000;

impl Control {
    /// How the system is, of that version.
    ///
    /// # Errors
    /// [`ControlError::Unavailable`] when the table does not answer.
    pub async fn diagnostics(&self, version: &str) -> Result<Diagnostics, ControlError> {
        let now = self.clock.now();
        let (due, agents, importing_since) =
            tokio::try_join!(self.store.due(now, DUE_COUNTED), self.store.agents(AGENTS_COUNTED, None), self.store.importing_since())?;
        // Where nothing is searched no logs wait.
        let names = Queues::names().filter(|name| *name != kraken_cloud::NEW_LOGS || self.search.is_some());
        let queues = join_all(names.map(|name| self.queue_state(name))).await;
        let behind = queues.iter().find(|queue| queue.name == kraken_cloud::NEW_LOGS);
        let behind = behind.and_then(|queue| Some(queue.waiting? + queue.in_progress?));
        let mut states = BTreeMap::new();
        for agent in &agents.items {
            // People think of an agent that finishes its last job as disabled all the same.
            let state = if matches!(agent.state, AgentState::Disabled { .. }) { "disabled" } else { agent.state.as_str() };
            *states.entry(state.to_owned()).or_default() += 1;
        }
        Ok(Diagnostics {
            version: version.to_owned(),
            home: self.settings.home.as_str().to_owned(),
            now,
            started_at: self.started_at,
            uptime_s: now.duration_since(self.started_at).as_secs().max(0),
            importing_since,
            queues,
            due: due.into_iter().map(|due| DueState { kind: due.kind.to_owned(), count: due.count, since: due.since }).collect(),
            agents: states,
            agents_more: agents.next.is_some(),
            search: SearchState { there: self.search.is_some(), behind },
        })
    }

    async fn queue_state(&self, name: &str) -> QueueState {
        let (depth, dead) = tokio::join!(self.queues.depth(name), self.queues.dead_letters(name));
        let (depth, dead) = (learnt(name, depth), learnt(name, dead));
        QueueState {
            name: name.to_owned(),
            waiting: depth.map(|depth| depth.waiting),
            in_progress: depth.map(|depth| depth.in_progress),
            dead_letters: dead.map(|dead| dead.waiting + dead.in_progress),
        }
    }
}

fn learnt(queue: &str, depth: Result<Option<Depth>, QueueError>) -> Option<Depth> {
    depth.unwrap_or_else(|error| {
        tracing::warn!(queue, %error, "it is not known how much waits in a queue");
        None
    })
}
