//! What Kraken decides, and nothing of how it is done.
//!
//! Every life-cycle is one enum with its data inside, changed only by a pure function
//! `(state, event, now) → next state + effects, or a typed refusal`. Nothing in this crate does I/O, reads a clock,
//! draws a random number or knows of a cloud: time and ids come in as arguments, so every decision can be replayed.

pub mod access;
pub mod agent;
pub mod audit;
pub mod change;
pub mod concurrency;
pub mod data;
pub mod flow;
pub mod id;
pub mod job;
pub mod moving;
pub mod needs;
pub mod news;
pub mod notice;
pub mod place;
pub mod record;
pub mod retention;
pub mod run;
pub mod schedule;
pub mod sealed;
pub mod secret;
pub mod settings;
pub mod step;
pub mod timeout;
pub mod trigger;
pub mod variables;
pub mod webhook;

pub use id::{AgentId, BranchId, FlowId, JobId, ProjectId, RunId, StageId, TokenId};
pub use jiff::Timestamp;

/// Something outside the decided record that must happen because of the decision.
///
/// Effects only say *where to look*: a lost one costs time (the next tick finds the work), a doubled one costs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// A job may be waiting or an agent may be idle: look at the queue.
    WakeScheduler,
    /// The jobs of this run changed: look whether it is complete.
    WakeRun(RunId),
    /// The runs of this flow changed: look for children to start, and whether it is complete.
    WakeFlow(FlowId),
    /// There is news for this agent: it asks the API what.
    WakeAgent(AgentId),
}

/// A decision: the record as it is from now on, and what must happen because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved<T> {
    /// The record after the event.
    pub next: T,
    /// What must happen because of it.
    pub effects: Vec<Effect>,
}

impl<T> Moved<T> {
    /// A change that nobody else needs to hear of.
    pub fn quietly(next: T) -> Self {
        Self { next, effects: Vec::new() }
    }

    /// A change with its consequences.
    pub fn with(next: T, effects: impl Into<Vec<Effect>>) -> Self {
        Self { next, effects: effects.into() }
    }
}
