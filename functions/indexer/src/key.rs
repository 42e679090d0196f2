//! Whose log an object is, by its key: the control plane hands out the prefixes, agents store below them.
//!
//! Other objects may end in the same name, an artifact say: what is not exactly a log's key is none.

use kraken_domain::{AgentId, JobId};
use kraken_protocol::log::LOG_OBJECT;

/// A log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogKey<'a> {
    /// What one try of a job printed: `agents/<agent>/jobs/<job>/<try>/log.gz`.
    Job {
        /// Who stored it.
        agent: AgentId,
        /// Whose.
        job: JobId,
        /// The key without the object's name.
        prefix: &'a str,
    },
    /// A piece of what an agent says itself: `agents/<agent>/log/<piece>/log.gz`.
    Agent {
        /// Whose.
        agent: AgentId,
    },
}

impl<'a> LogKey<'a> {
    pub(crate) fn parse(key: &'a str) -> Option<Self> {
        let prefix = key.strip_suffix(LOG_OBJECT)?;
        let parts: Vec<&str> = prefix.strip_suffix('/')?.split('/').collect();
        match parts.as_slice() {
            ["agents", agent, "jobs", job, generation] => {
                let _generation: u32 = generation.parse().ok()?;
                Some(Self::Job { agent: agent.parse().ok()?, job: job.parse().ok()?, prefix })
            }
            ["agents", agent, "log", piece] if !piece.is_empty() => Some(Self::Agent { agent: agent.parse().ok()? }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
