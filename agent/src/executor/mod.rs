//! Where a job's steps run.
//!
//! Every executor does the same: it starts `kraken-tool supervise` somewhere, reaches its three plain streams (commands in, the job's
//! output and reports out) and makes sure that nothing stays behind. What differs is where the supervisor is started, how its streams are
//! reached and what is left to remove; a [`Job`] hides that. The supervisor lives as long as its standard input, so an agent that dies, in
//! whatever way, takes its job along.
//!
//! A [`Job`] is driven by one loop: orders ([`Job::start_step`], [`Job::reply`], [`Job::cancel`], [`Job::end`]) never wait, and
//! [`Job::next`] says what happened.

mod error;
mod job;
mod link;
mod local;
mod workspace;

pub use error::ExecutorError;
pub use job::{Job, Signal};
pub use local::{LocalExecutor, LocalSettings, host_environment};
pub use workspace::Workspace;

/// Where to run one job.
#[derive(Clone, Debug, Default)]
pub struct JobPlace {
    /// What the stage calls the system: an image for Docker, an alias for LXD; of no use to the bare host.
    pub system: String,
}

/// The executors of this agent.
#[derive(Debug)]
pub enum Executor {
    /// Process trees on the bare host.
    Local(LocalExecutor),
}

impl Executor {
    /// Makes a place for one job. Its steps can be sent at once.
    ///
    /// # Errors
    /// The place cannot be made: the job ends with an executor error, and the message says what to repair on the host.
    pub async fn prepare(&self, _place: &JobPlace) -> Result<Job, ExecutorError> {
        match self {
            Self::Local(local) => local.prepare(),
        }
    }
}
