//! Why a step could not be done, in the words of the protocol.

use std::time::Duration;

use kraken_protocol::tool::{Finished, Reason};

/// What `timeout(1)` returns too.
const RETCODE_TIMEOUT: i32 = 124;
/// What shells return for a program that is not there.
const RETCODE_MISSING: i32 = 127;

/// A step's failure: becomes the step's `finished` event as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    reason: Reason,
    retcode: i32,
    message: String,
}

impl Failure {
    /// The step, as it was written, does not work.
    pub(crate) fn step(message: impl Into<String>) -> Self {
        Self { reason: Reason::StepError, retcode: 1, message: message.into() }
    }

    /// The same, with what the step's program returned.
    pub(crate) fn returned(retcode: i32, message: impl Into<String>) -> Self {
        Self { reason: Reason::StepError, retcode, message: message.into() }
    }

    /// The place where the step runs does not work.
    pub(crate) fn executor(message: impl Into<String>) -> Self {
        Self { reason: Reason::ExecutorError, retcode: 1, message: message.into() }
    }

    /// A tool or a program is not there; `message` names it and says how to get it.
    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self { reason: Reason::ToolMissing, retcode: RETCODE_MISSING, message: message.into() }
    }

    /// The step's time was up.
    pub(crate) fn timeout(limit: Duration) -> Self {
        Self { reason: Reason::StepTimeout, retcode: RETCODE_TIMEOUT, message: format!("took longer than {} s", limit.as_secs()) }
    }

    /// Says more at the end.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.message = format!("{}; {more}", self.message);
        self
    }

    /// Whether the step's time was up.
    pub(crate) fn is_timeout(&self) -> bool {
        self.reason == Reason::StepTimeout
    }
}

impl From<Failure> for Finished {
    fn from(failure: Failure) -> Self {
        Self { retcode: failure.retcode, reason: failure.reason, message: failure.message }
    }
}
