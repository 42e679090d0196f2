//! Events that are still to be told: written in the same commit as what happened, removed once they were told.
//!
//! Invariant: an event is in the table exactly if what happened is, until it was told. All events of one commit are one item (two, if they
//! are many and long), below a flow or an agent, and in the index of what needs doing: whoever should have told them may have died.

use jiff::SignedDuration;
use kraken_domain::{AgentId, FlowId, news::Event};
use serde::{Deserialize, Serialize};

use crate::{
    Entity, Indexes, Key, Paged, Store, StoreError, TodoKind, Versioned,
    entity::{Item, to_item},
    keys,
    read::Order,
};

/// Bytes of the events that one item holds: a safe distance below what a record may have.
const EVENTS_BYTES: usize = 56 * 1024;
/// Whoever looks at a flow tells what happened to it. When nobody has after so many seconds, the tick does.
const TOLD_WITHIN_S: i64 = 5;

/// Below what the events of a commit wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outbox {
    /// A flow, with its runs and jobs; and the agents that were lost with them.
    Flow(FlowId),
    /// An agent.
    Agent(AgentId),
}

/// Events of one commit that are to be told, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    outbox: Outbox,
    /// At least one.
    pub events: Vec<Event>,
}

impl Entity for Untold {
    const KIND: &'static str = "events to be told";

    fn key(&self) -> Key {
        let first = self.events.first();
        keys::untold(self.outbox, first.map(|event| event.time).unwrap_or_default(), first.map_or("", |event| event.id.as_str()))
    }

    fn indexes(&self) -> Indexes {
        let due = self.events.first().map(|first| match self.outbox {
            Outbox::Flow(_) => first.time.saturating_add(SignedDuration::from_secs(TOLD_WITHIN_S)).unwrap_or(first.time),
            // Only the tick tells of agents.
            Outbox::Agent(_) => first.time,
        });
        Indexes { todo: due.map(|due| (TodoKind::Events, due)), ..Indexes::default() }
    }
}

/// The items of a commit's events.
pub(crate) fn items(events: Vec<Event>) -> Result<Vec<(Key, Item)>, StoreError> {
    let Some(outbox) = events.iter().find_map(outbox) else { return Ok(Vec::new()) };
    let (mut parts, mut bytes): (Vec<Vec<Event>>, usize) = (Vec::new(), 0);
    for event in events {
        let length = serde_json::to_string(&event).map_or(0, |text| text.len());
        match parts.last_mut().filter(|_| bytes + length <= EVENTS_BYTES) {
            Some(part) => part.push(event),
            None => {
                parts.push(vec![event]);
                bytes = 0;
            }
        }
        bytes += length;
    }
    let untold = parts.into_iter().map(|events| Untold { outbox, events });
    untold.map(|untold| Ok((untold.key(), to_item(&untold, 1)?))).collect()
}

/// What an event waits below, when it is the first of its commit.
fn outbox(event: &Event) -> Option<Outbox> {
    event.about.flow.map(Outbox::Flow).or(event.about.agent.map(Outbox::Agent))
}

impl Store {
    /// The events that wait below a flow or an agent, oldest first, at most those of `limit` commits.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn untold(&self, outbox: Outbox, limit: u32) -> Result<Paged<Untold>, StoreError> {
        let page = self.beginning(keys::untold_of(outbox), Order::Ascending, limit, None).await?;
        Ok(page.map(|read: Versioned<Untold>| read.value))
    }

    /// These were told: forgets them. Repeated after a failure, it is the same as once.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; what is left is told again.
    pub async fn told(&self, told: &[Untold]) -> Result<(), StoreError> {
        self.remove_items(told.iter().map(Entity::key)).await
    }
}
