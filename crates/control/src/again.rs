//! Deciding again when somebody else was faster.

use kraken_store::{CommitError, StoreError};

use crate::ControlError;

/// How often a decision is taken before the caller is told to come back later.
pub(crate) const DECISIONS: u32 = 4;

/// Why one attempt did not succeed.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// What was read has changed: read and decide again.
    Refused(CommitError),
    /// It is settled: no.
    Failed(ControlError),
}

impl From<CommitError> for Attempt {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(_) => Self::Refused(error),
            CommitError::Store(error) => Self::Failed(error.into()),
        }
    }
}

impl<E: Into<ControlError>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Takes a decision up to [`DECISIONS`] times, each time on what is then read.
macro_rules! decide {
    ($attempt:expr) => {{
        let mut tries = 0;
        loop {
            match $attempt.await {
                Ok(done) => break Ok(done),
                Err($crate::again::Attempt::Failed(error)) => break Err(error),
                Err($crate::again::Attempt::Refused(refused)) => {
                    tries += 1;
                    if tries == $crate::again::DECISIONS {
                        break Err($crate::ControlError::Unavailable(format!("{refused}, again and again: try later")));
                    }
                }
            }
        }
    }};
}

pub(crate) use decide;

/// A commit that nobody can be in the way of, apart from the table itself.
pub(crate) fn unopposed(error: CommitError) -> ControlError {
    match error {
        CommitError::Refused(_) => ControlError::Unavailable(error.to_string()),
        CommitError::Store(error) => StoreError::into(error),
    }
}
