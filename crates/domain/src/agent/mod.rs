//! An agent: the program on a build host.
//!
//! `discovered → idle ⇄ busy`, `offline` when nothing is heard of it, `disabled` when it shall take no more jobs,
//! `deleted`. Only an idle agent is given a job, in the same write that promises it the job.

mod transition;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use transition::{AgentEvent, AgentRefusal, SILENT_AFTER_S};

use crate::{
    AgentId, JobId,
    place::{ALL_AGENTS, ANY_SYSTEM, Executor, Lane},
};

/// An agent and all that its life-cycle needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// What people call it; the host's name unless said otherwise.
    pub name: String,
    /// The groups it is in, besides `all`.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// What it says of its host.
    pub facts: HostFacts,
    /// When it enrolled or was first seen.
    pub created_at: Timestamp,
    /// The installation (state directory) that speaks for it; a second one with the same token is turned away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation: Option<String>,
    /// Where in its life it is.
    pub state: AgentState,
}

/// Where in its life an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AgentState {
    /// It asked to join; an administrator has not yet authorised it.
    Discovered,
    /// Waits for a job.
    Idle {
        /// Since when.
        since: Timestamp,
    },
    /// Promised or running a job.
    Busy {
        /// Which.
        job: JobId,
        /// Since when.
        since: Timestamp,
    },
    /// Authorised, but nothing is heard of it.
    Offline {
        /// Since when.
        since: Timestamp,
        /// It said that it ends.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        left: bool,
    },
    /// Finishes its job, takes none.
    Disabled {
        /// The job it still finishes.
        #[serde(default)]
        job: Option<JobId>,
    },
    /// Removed; its token is worth nothing.
    Deleted,
}

/// What an agent says of its host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// The host's name.
    #[serde(default)]
    pub host: String,
    /// Operating system and version in one word: `debian-12`, `ubuntu-22.04`.
    #[serde(default)]
    pub system: String,
    /// `x86_64`, `aarch64`.
    #[serde(default)]
    pub architecture: String,
    /// How many CPUs.
    #[serde(default)]
    pub cpus: u32,
    /// Memory in bytes.
    #[serde(default)]
    pub memory_bytes: u64,
    /// Free disk space of the work directory in bytes.
    #[serde(default)]
    pub disk_free_bytes: u64,
    /// The executors that work there, with their versions.
    #[serde(default)]
    pub executors: BTreeMap<Executor, String>,
    /// The agent's own version.
    #[serde(default)]
    pub version: String,
    /// What its owner says of it.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl AgentState {
    /// All names that [`AgentState::as_str`] gives.
    pub const NAMES: [&str; 6] = ["discovered", "idle", "busy", "offline", "disabled", "deleted"];

    /// The name that the API uses.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Idle { .. } => "idle",
            Self::Busy { .. } => "busy",
            Self::Offline { .. } => "offline",
            Self::Disabled { .. } => "disabled",
            Self::Deleted => "deleted",
        }
    }
}

impl Agent {
    /// The job it is promised or runs.
    pub fn job(&self) -> Option<JobId> {
        match self.state {
            AgentState::Busy { job, .. } => Some(job),
            AgentState::Disabled { job } => job,
            AgentState::Discovered | AgentState::Idle { .. } | AgentState::Offline { .. } | AgentState::Deleted => None,
        }
    }

    /// Whether it may have any job of that lane, apart from being idle.
    pub fn fits(&self, lane: &Lane) -> bool {
        self.misfit(lane).is_none()
    }

    /// Whether it belongs to the group whose jobs wait in that lane.
    pub(crate) fn is_in_group(&self, lane: &Lane) -> bool {
        lane.group == ALL_AGENTS || self.groups.contains(&lane.group)
    }

    /// What keeps it from having jobs of that lane, in words that follow "it"; `None` when nothing does.
    pub fn misfit(&self, lane: &Lane) -> Option<String> {
        if !self.is_in_group(lane) {
            return Some(format!("is not in the group {:?}", lane.group));
        }
        if !self.facts.executors.contains_key(&lane.executor) {
            return Some(format!("has no working {} executor", lane.executor));
        }
        match &lane.system {
            Some(wanted) if wanted != ANY_SYSTEM && *wanted != self.facts.system => {
                Some(format!("runs {}, not {wanted}", self.facts.system))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
