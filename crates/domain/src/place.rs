//! Where a job may run: executor, system, agents group; and the lanes that jobs of one kind of place wait in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How an agent runs the steps of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Executor {
    /// On the bare host, as a process tree of the agent.
    #[serde(alias = "bare")]
    Local,
    /// In a Docker container.
    Docker,
    /// In an LXD or Incus instance.
    Lxd,
}

impl Executor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Local, Self::Docker, Self::Lxd];

    /// The name that stages and agents use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Docker => "docker",
            Self::Lxd => "lxd",
        }
    }
}

impl fmt::Display for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Executor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "local" | "bare" => Ok(Self::Local),
            "docker" => Ok(Self::Docker),
            "lxd" => Ok(Self::Lxd),
            other => Err(format!("{other:?} is not an executor: expected local, docker or lxd")),
        }
    }
}

/// The group that holds every authorised agent.
pub const ALL_AGENTS: &str = "all";

/// The system that any agent satisfies.
pub const ANY_SYSTEM: &str = "any";

/// Where one job must run.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Name of the agents group, `all` for every agent.
    pub group: String,
    /// What runs the steps.
    pub executor: Executor,
    /// For [`Executor::Local`] the host's system (`debian-12`) or `any`; an image for Docker; an image alias for LXD.
    pub system: String,
    /// Name of the stage's set of values that applies here.
    #[serde(default = "default_config")]
    pub config: String,
}

fn default_config() -> String {
    "default".to_owned()
}

impl Place {
    /// The lane in which a job of this place waits.
    pub fn lane(&self) -> Lane {
        let system = (self.executor == Executor::Local && self.system != ANY_SYSTEM).then(|| self.system.clone());
        Lane { group: self.group.clone(), executor: self.executor, system }
    }
}

/// All that decides whether an agent fits. Jobs of one lane are alike to the scheduler, so it only ever
/// looks at the heads of lanes and never walks over jobs that nobody can run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lane {
    /// Name of the agents group.
    pub group: String,
    /// What runs the steps.
    pub executor: Executor,
    /// The system that a bare host must report; `None` when any will do (an image brings its own).
    pub system: Option<String>,
}

impl fmt::Display for Lane {
    /// `group/executor/system`, with `*` for any system. Groups cannot contain a slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.group, self.executor, self.system.as_deref().unwrap_or("*"))
    }
}
