//! A measure: a number that became known with a change.

use jiff::Timestamp;

use crate::job::Outcome;

/// One number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Milliseconds that a job waited in its queue until it was promised to an agent.
    QueueWait {
        /// Milliseconds.
        ms: u64,
    },
    /// Milliseconds from the promise of a job to an agent until the agent took it.
    AssignmentLatency {
        /// Milliseconds.
        ms: u64,
    },
    /// One job is over, in this way.
    JobCompleted(Outcome),
    /// One agent is not heard of any more.
    AgentLost,
    /// So many writes' events wait to be told for longer than they should.
    EventsWaiting(u64),
}

impl Measure {
    pub(super) fn waited(since: Timestamp, until: Timestamp) -> Self {
        Self::QueueWait { ms: between(since, until) }
    }

    pub(super) fn taken(promised: Timestamp, taken: Timestamp) -> Self {
        Self::AssignmentLatency { ms: between(promised, taken) }
    }
}

/// Never less than nothing: those who wrote the two moments have clocks of their own.
fn between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}
