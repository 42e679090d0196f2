//! Stores things however long it takes.
//!
//! An outage of the store or the network costs time, never what was to be stored. Only what can never succeed is given up.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;

use super::{Cloud, ObjectError, Objects, Sessions};
use crate::api::{Retry, luck};

/// Refused credentials are renewed so often before the refusal counts.
const DENIALS_MAX: u32 = 12;

/// The store through whatever session is the newest.
#[derive(Clone)]
pub struct Persistent {
    newest: watch::Receiver<Cloud>,
    sessions: Arc<Sessions>,
}

impl Persistent {
    /// The store of the newest session.
    pub fn new(newest: watch::Receiver<Cloud>, sessions: Arc<Sessions>) -> Self {
        Self { newest, sessions }
    }

    /// The store as it is now, for things that are not tried again.
    pub fn now(&self) -> Objects {
        self.newest.borrow().objects()
    }

    /// Hears of errors from [`Persistent::now`]: refused credentials are renewed.
    pub fn heed(&self, error: &ObjectError) {
        if matches!(error, ObjectError::Denied { .. }) {
            self.sessions.report_refused();
        }
    }

    /// Does `put` until it succeeds. Dropping the future gives up.
    ///
    /// # Errors
    /// What can never succeed.
    pub async fn until_done<F, P>(&self, put: P) -> Result<(), ObjectError>
    where
        P: Fn(Objects) -> F,
        F: Future<Output = Result<(), ObjectError>>,
    {
        let (mut tries, mut denials) = (0, 0);
        loop {
            let error = match put(self.now()).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            self.heed(&error);
            match &error {
                ObjectError::Passing { .. } => {}
                ObjectError::Denied { .. } if denials < DENIALS_MAX => denials += 1,
                ObjectError::Denied { .. } | ObjectError::Refused { .. } | ObjectError::File { .. } => return Err(error),
            }
            let pause = Retry::FOR_EVER.pause(tries, luck());
            tries += 1;
            if tries == 3 || tries % 60 == 0 {
                tracing::warn!(tries, %error, "the object store does not take it; trying on");
            }
            tokio::time::sleep(pause).await;
        }
    }
}
