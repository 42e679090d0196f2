//! What becomes known outside of the house because a record changed: events for whoever subscribed, measures for whoever watches.
//!
//! Both follow from the record before and after alone, so that whoever writes it cannot forget or double them: the same write, decided
//! again, has the same events with the same ids.

mod agent;
mod event;
mod flow;
mod job;
mod measure;

pub use agent::of_agent;
pub use event::{About, Event, What};
pub use flow::{of_flow, of_run};
pub use job::of_job;
pub use measure::Measure;

use crate::notice::Turn;

/// What one or several changes make known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// What people are to be told of, once each.
    pub turns: Vec<Turn>,
    /// To be told, at least once each.
    pub events: Vec<Event>,
    /// To be noted once the change is written; lost with whoever wrote it.
    pub measures: Vec<Measure>,
}

impl News {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    fn event(event: Event) -> Self {
        Self { events: vec![event], ..Self::default() }
    }

    /// Adds what another change makes known.
    pub fn add(&mut self, other: Self) {
        self.turns.extend(other.turns);
        self.events.extend(other.events);
        self.measures.extend(other.measures);
    }
}

#[cfg(test)]
mod tests;
