//! What can happen to a held job, and what can be done about it.

use std::time::Duration;

use kraken_protocol::tool::{self, Finished};

/// Something that happened to the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// There is a place to run steps in.
    Prepared,
    /// There is none, or it broke. Says why.
    PlaceLost(String),
    /// The running step ended.
    StepFinished(Finished),
    /// A pause between two tries is over.
    PauseOver,
    /// The running step should long have ended.
    StepOvertime,
    /// The job's time is up.
    JobTimeUp,
    /// The job shall stop.
    Stop(Cause),
    /// Its log cannot be kept. Says why.
    LogLost(String),
}

/// Why a job stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody does not want it any more.
    Cancelled,
    /// Its time is up.
    TimeUp,
    /// A step took longer than it may, and did not end by itself.
    StepOvertime,
    /// The lease could not be renewed for its whole length: somebody else may hold the job.
    LeaseLost,
    /// Somebody else holds the job, or nobody.
    Stale,
    /// The place or the log broke; the verdict says how.
    Broken,
}

/// What has to be done because of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Nothing: wait for the next event.
    Wait,
    /// Have this step run.
    Start(Box<tool::Step>),
    /// Say so when that time is over.
    Pause(Duration),
    /// End what runs; its end is an event.
    Cancel,
    /// The job is over.
    Conclude,
}

/// What an event led to: an action, and words for the log.
#[derive(Debug)]
pub struct Decision {
    /// What has to be done.
    pub action: Action,
    /// Lines of the agent itself.
    pub notes: Vec<String>,
}
