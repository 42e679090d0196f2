//! The server's clock, as far as this host knows it.
//!
//! Requests to queue and store are signed with the time, and refused when it is minutes off. The server says its time in every session
//! and heartbeat, so a host whose clock is wrong still works.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_smithy_async::time::TimeSource;
use jiff::Timestamp;

/// A smaller difference is the answer's way through the network, not a wrong clock.
const NOTICED_MS: u64 = 2000;

/// This host's clock, put right by what the server says.
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    ahead_ms: Arc<AtomicI64>,
}

impl ServerClock {
    /// The server said `server_time` when this host's clock showed `here`. Says by how much this host is newly known to be off.
    pub fn learn(&self, server_time: Timestamp, here: Timestamp) -> Option<Duration> {
        let ahead = server_time.as_millisecond() - here.as_millisecond();
        let ahead = if ahead.unsigned_abs() < NOTICED_MS { 0 } else { ahead };
        let before = self.ahead_ms.swap(ahead, Ordering::Relaxed);
        (before.abs_diff(ahead) >= NOTICED_MS).then(|| Duration::from_millis(ahead.unsigned_abs()))
    }
}

impl TimeSource for ServerClock {
    fn now(&self) -> SystemTime {
        let ahead = self.ahead_ms.load(Ordering::Relaxed);
        let by = Duration::from_millis(ahead.unsigned_abs());
        let here = SystemTime::now();
        if ahead < 0 { here.checked_sub(by) } else { here.checked_add(by) }.unwrap_or(here)
    }
}

#[cfg(test)]
mod tests;
