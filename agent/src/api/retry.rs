//! When to try again: quickly at first, so that a server that restarts in a second is noticed at once, then ever more slowly.

use std::time::Duration;

/// How often and how long something is tried again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// The first pause.
    pub first: Duration,
    /// Each pause is so much longer than the one before. Small, so that the wait after an outage is short against the outage.
    pub growth: f64,
    /// No pause is longer.
    pub longest: Duration,
    /// Nothing is tried after that time; `None`: it is tried until it is no longer wanted.
    pub give_up_after: Option<Duration>,
}

impl Retry {
    /// Until it works or is no longer wanted.
    pub const FOR_EVER: Self = Self { first: Duration::from_millis(50), growth: 1.5, longest: Duration::from_secs(5), give_up_after: None };

    /// Until it works, or that time is over.
    pub const fn for_at_most(time: Duration) -> Self {
        Self { give_up_after: Some(time), ..Self::FOR_EVER }
    }

    /// The pause after `failures` earlier failures (0: the first one). `luck` in 0..1 spreads agents that failed at the same moment
    /// over the upper half of the pause.
    pub fn pause(&self, failures: u32, luck: f64) -> Duration {
        let failures = i32::try_from(failures).unwrap_or(i32::MAX);
        let whole = (self.first.as_secs_f64() * self.growth.powi(failures)).min(self.longest.as_secs_f64());
        Duration::from_secs_f64(whole * (0.5 + luck.clamp(0.0, 1.0) / 2.0))
    }

    /// Whether nothing is tried any more after `spent`.
    pub fn is_over(&self, spent: Duration) -> bool {
        self.give_up_after.is_some_and(|end| spent > end)
    }
}

/// A number in 0..1 by chance.
pub fn luck() -> f64 {
    // Without chance all agents pause alike, which costs the server a busy moment and nobody a result.
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
