//! Agent ⇄ `kraken-tool supervise`, the process that runs the tools of one job one after the other and leaves nothing behind.
//!
//! Standard input takes one [`Command`] per line; its end means that the agent is gone: everything is killed and removed.
//! Standard output is the job's log: every step inherits it as standard output *and* error. Standard error takes one [`Report`] per line.
//! Three plain streams, so that the same supervisor serves behind a pipe, a container's attach or a websocket.

use serde::{Deserialize, Serialize};

use super::{Event, Finished, Reply, Step};

/// What the agent tells the supervisor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// First of all, once.
    Prepare(Prepare),
    /// Run this step. Only when no other runs. Answered by events and one [`Report::StepExited`].
    Step(Box<Step>),
    /// Hand this to the running tool.
    Reply(Reply),
    /// End everything that runs (TERM, `grace_ms`, KILL). A running step reports its end; later ones are refused.
    Cancel {
        /// Milliseconds between TERM and KILL.
        grace_ms: u64,
    },
    /// The job is over: end what is left, report [`Report::Ended`], remove the workspace, report [`Report::Removed`], exit.
    End {
        /// Milliseconds between TERM and KILL.
        grace_ms: u64,
    },
    /// Something that a later agent says: ignored.
    #[serde(other)]
    Unknown,
}

/// How to keep house for a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepare {
    /// Absolute path of the job's folder, which exists.
    pub workspace: String,
    /// Whether the folder goes at the end.
    #[serde(default)]
    pub remove_workspace: bool,
    /// Bytes on disk above which everything that runs is ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_max_bytes: Option<u64>,
    /// Whether to put the job into a control group of its own where the host allows it.
    #[serde(default)]
    pub cgroup: bool,
    /// Milliseconds between TERM and KILL when the agent is gone.
    #[serde(default)]
    pub grace_ms: u64,
}

/// What the supervisor tells the agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub enum Report {
    /// [`Command::Prepare`] is done. Steps may be sent before it arrives.
    Ready {
        /// The control group, where there is one: absolute path of its folder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cgroup: Option<String>,
    },
    /// The running tool said this.
    Event {
        /// What it said.
        said: Box<Event>,
    },
    /// The running tool broke the protocol.
    Garbled {
        /// What is wrong with its line, with the line's beginning.
        problem: String,
    },
    /// The step's tool is gone; what it and its programs wrote is in the log stream already.
    StepExited {
        /// The step.
        index: u32,
        /// How it ended.
        end: Finished,
    },
    /// Nothing of the job is running any more, but for `survivors`.
    Ended {
        /// Processes that could not be ended, in words.
        #[serde(default)]
        survivors: Vec<String>,
    },
    /// The workspace is gone. The last report.
    Removed {
        /// Why it is not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<String>,
    },
    /// Something that a later supervisor says: ignored.
    #[serde(other)]
    Unknown,
}
