//! Deciding again when somebody else was faster.

use std::time::Duration;

use kraken_store::{CommitError, StoreError};

use crate::ControlError;

/// How often a decision is taken before the caller is told to come back later.
pub(crate) const DECISIONS: u32 = 6;

/// Why one attempt did not succeed.
#[derive(Debug)]
pub(crate) enum Attempt {
    /// What was read has changed: read and decide again.
    Refused(CommitError),
    /// Something that had to be done first was done: read and decide again.
    Again,
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
            let changed = match $attempt.await {
                Ok(done) => break Ok(done),
                Err($crate::again::Attempt::Failed(error)) => break Err(error),
                Err($crate::again::Attempt::Refused(refused)) => refused.to_string(),
                Err($crate::again::Attempt::Again) => "it changed since it was read".to_owned(),
            };
            tries += 1;
            if tries == $crate::again::DECISIONS {
                break Err($crate::ControlError::Unavailable(format!("{changed}, again and again: try later")));
            }
            $crate::again::step_aside(tries).await;
        }
    }};
}

/// The first pause between two decisions, at most; each further one may take twice as long.
const STEP_ASIDE_MS: u64 = 4;

/// Those who met on one record must not meet again: each waits for a time of its own. Nobody waits before the first repetition,
/// which nearly always succeeds.
pub(crate) async fn step_aside(tries: u32) {
    if tries > 1 {
        let most = STEP_ASIDE_MS << tries;
        tokio::time::sleep(Duration::from_millis(crate::ids::chance() % most)).await;
    }
}

pub(crate) use decide;

/// A commit that nobody can be in the way of, apart from the table itself.
pub(crate) fn unopposed(error: CommitError) -> ControlError {
    match error {
        CommitError::Refused(_) => ControlError::Unavailable(error.to_string()),
        CommitError::Store(error) => StoreError::into(error),
    }
}
