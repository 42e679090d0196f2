//! The one function through which an agent's state changes.

use jiff::Timestamp;

use super::{Agent, AgentState};
use crate::{AgentId, Effect, JobId, Moved};

/// An agent that says nothing for this many seconds is offline.
pub const SILENT_AFTER_S: i64 = 60;

/// What can happen to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentEvent {
    /// An administrator lets it in. It gets jobs once it has opened a session.
    Authorise,
    /// It speaks: started, restarted, or back after a silence.
    Seen,
    /// The scheduler promises it a job.
    Assign {
        /// Which.
        job: JobId,
    },
    /// A job leaves its hands, however.
    Release {
        /// Which; another one is not touched.
        job: JobId,
    },
    /// Nothing was heard of it for too long. Changes nothing before its job has left its hands (the lease is over, the claim overdue): an
    /// agent that comes back is idle, and must not have two.
    Silent,
    /// It said that it ends. The same, but nobody has to look for it.
    Leave,
    /// An administrator lets it take jobs.
    Enable {
        /// Whether it has been heard of lately: one that has not gets no job.
        alive: bool,
    },
    /// An administrator lets it take no more.
    Disable,
    /// An administrator removes it.
    Delete,
}

/// Why an event could not happen. The state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentRefusal {
    /// Nothing of the kind can happen in this state.
    #[error("agent {agent} is {state}: it cannot be {wanted}")]
    NotNow {
        /// The agent.
        agent: AgentId,
        /// Its state, as the API names it.
        state: &'static str,
        /// What was to happen.
        wanted: &'static str,
    },
    /// It is so already: there is nothing to write.
    #[error("nothing to do for agent {agent}")]
    Already {
        /// The agent.
        agent: AgentId,
    },
}

impl Agent {
    /// What becomes of the agent when `event` happens at `now`.
    ///
    /// # Errors
    /// [`AgentRefusal::Already`] when all is as wanted, [`AgentRefusal::NotNow`] when the event has no place in its state.
    pub fn on(&self, event: AgentEvent, now: Timestamp) -> Result<Moved<Agent>, AgentRefusal> {
        use AgentState::{Busy, Deleted, Disabled, Discovered, Idle, Offline};
        let idle = Idle { since: now };
        let next = match (event, self.state) {
            (AgentEvent::Delete, Deleted) => return Err(self.already()),
            (AgentEvent::Delete, _) => Deleted,
            // A job that ends must never fail on what became of its agent.
            (AgentEvent::Release { .. }, Deleted | Discovered) => return Err(self.already()),
            (_, Deleted) => return Err(self.not_now("used")),

            (AgentEvent::Authorise, Discovered) => Offline { since: now, left: false },
            (AgentEvent::Authorise, _) => return Err(self.already()),
            (AgentEvent::Seen, Offline { .. }) => idle,
            (AgentEvent::Seen, _) => return Err(self.already()),
            (_, Discovered) => return Err(self.not_now("used before it is authorised")),

            (AgentEvent::Assign { job }, Idle { .. }) => Busy { job, since: now },
            (AgentEvent::Assign { .. }, Busy { .. } | Offline { .. } | Disabled { .. }) => return Err(self.not_now("given a job")),

            (AgentEvent::Release { job }, Busy { job: held, .. }) if held == job => idle,
            (AgentEvent::Release { job }, Disabled { job: Some(held) }) if held == job => Disabled { job: None },
            (AgentEvent::Release { .. }, _) => return Err(self.already()),

            (AgentEvent::Silent, Idle { .. }) => Offline { since: now, left: false },
            (AgentEvent::Leave, Idle { .. }) => Offline { since: now, left: true },
            // While it holds a job, the job's lease is what tells: when that ends, the job is released first.
            (AgentEvent::Silent | AgentEvent::Leave, Busy { .. } | Offline { .. } | Disabled { .. }) => return Err(self.already()),

            (AgentEvent::Enable { alive: true }, Disabled { job: None }) => idle,
            (AgentEvent::Enable { alive: false }, Disabled { job: None }) => Offline { since: now, left: false },
            (AgentEvent::Enable { .. }, Disabled { job: Some(job) }) => Busy { job, since: now },
            (AgentEvent::Enable { .. }, Idle { .. } | Busy { .. } | Offline { .. }) => return Err(self.already()),

            (AgentEvent::Disable, Busy { job, .. }) => Disabled { job: Some(job) },
            (AgentEvent::Disable, Idle { .. } | Offline { .. }) => Disabled { job: None },
            (AgentEvent::Disable, Disabled { .. }) => return Err(self.already()),
        };
        let effects = match next {
            Idle { .. } => vec![Effect::WakeScheduler],
            Deleted => vec![Effect::WakeAgent(self.id)],
            Discovered | Busy { .. } | Offline { .. } | Disabled { .. } => Vec::new(),
        };
        Ok(Moved { next: Self { state: next, ..self.clone() }, effects })
    }

    fn already(&self) -> AgentRefusal {
        AgentRefusal::Already { agent: self.id }
    }

    fn not_now(&self, wanted: &'static str) -> AgentRefusal {
        AgentRefusal::NotNow { agent: self.id, state: self.state.as_str(), wanted }
    }
}
