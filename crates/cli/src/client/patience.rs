//! How long a command that waits puts up with a server that does not answer: it may just be restarting.

use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Longer than any restart, shorter than anybody's patience.
const LIMIT: Duration = Duration::from_secs(120);

/// Since when the server has not answered.
#[derive(Debug, Default)]
pub struct Patience {
    since: Option<Instant>,
}

/// What to do after a failure.
#[derive(Debug)]
pub enum Verdict {
    /// Wait this long, then ask again.
    Again(Duration),
    /// Give up.
    Enough(Failure),
}

impl Patience {
    /// Whether the last thing known is that it did not answer.
    pub fn is_tried(&self) -> bool {
        self.since.is_some()
    }

    /// The server answered.
    pub fn restore(&mut self) {
        self.since = None;
    }

    /// It did not, or refused. Only an unreachable server gets another chance.
    pub fn judge(&mut self, failure: Failure, now: Instant) -> Verdict {
        let passing = match &failure {
            Failure::Unreachable { .. } => true,
            Failure::Problem(problem) => problem.status == 503 || problem.status == 429,
            _ => false,
        };
        let since = *self.since.get_or_insert(now);
        let waited = now.duration_since(since);
        if !passing || waited >= LIMIT {
            return Verdict::Enough(failure);
        }
        // Soon at first, as most interruptions are short; then a quarter of the time that has passed.
        Verdict::Again((waited / 4).clamp(Duration::from_millis(200), Duration::from_secs(5)))
    }
}

#[cfg(test)]
mod tests;
