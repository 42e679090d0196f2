//! What time it is: the system's clock, or one that is moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use kraken_domain::Timestamp;

/// A clock. Inside the house time is an argument; only the edge asks this.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
    System,
    /// Moved by hand; in milliseconds since 1970.
    Manual(Arc<AtomicI64>),
    /// The system's, moved by this many milliseconds: time passes, and can be made to pass faster.
    Shifted(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at` until it is moved.
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    /// The system's clock, which can be moved ahead.
    pub fn shifted() -> Self {
        Self::Shifted(Arc::new(AtomicI64::new(0)))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Manual(ms) => Timestamp::from_millisecond(ms.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX),
            Self::Shifted(by) => {
                let ms = Timestamp::now().as_millisecond() + by.load(Ordering::Relaxed);
                Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// Moves a clock that can be moved; the system's stays.
    pub fn advance(&self, by: std::time::Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        match self {
            Self::System => {}
            Self::Manual(ms) | Self::Shifted(ms) => {
                ms.fetch_add(by_ms, Ordering::Relaxed);
            }
        }
    }
}
