//! How long to wait before a program that died is started again.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// A program that ran this long had started well: its death is a new story.
const RAN_WELL: Duration = Duration::from_secs(60);

/// How often it died soon after its start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    deaths: u32,
}

impl Backoff {
    /// It died after `ran`: wait this long.
    pub(super) fn died(&mut self, ran: Duration) -> Duration {
        if ran >= RAN_WELL {
            self.deaths = 0;
        }
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(self.deaths)).min(LONGEST);
        self.deaths = self.deaths.saturating_add(1);
        wait
    }
}

#[cfg(test)]
mod tests;
