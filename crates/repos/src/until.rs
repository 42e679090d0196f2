//! When a look ends: at its deadline, or as soon as nobody waits for it any more.
//!
//! What has been handed to another thread cannot be broken off from outside: it asks here, often.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// When a look ends.
#[derive(Clone, Debug)]
pub(crate) struct Until {
    deadline: Option<Instant>,
    left: Arc<AtomicBool>,
}

impl Until {
    /// In that time from now, if nobody leaves before.
    pub(crate) fn within(time: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(time), left: Arc::default() }
    }

    /// Nobody waits any more.
    pub(crate) fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
    }

    /// Whether there is nothing more to do for it.
    pub(crate) fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}
