//! What the first, second and third wish to stop mean.

/// How many wishes there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stopping(u32);

/// What a wish means for the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Finish the job, take no other.
    Finish,
    /// Cancel the job.
    Cancel,
    /// End now.
    Kill,
}

impl Stopping {
    /// One more wish.
    pub(super) fn signalled(&mut self) -> Step {
        self.0 += 1;
        match self.0 {
            1 => Step::Finish,
            2 => Step::Cancel,
            _ => Step::Kill,
        }
    }

    /// Whether there was any.
    pub(super) fn is_begun(self) -> bool {
        self.0 > 0
    }
}

impl Step {
    /// For the log.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Finish => "stopping: the agent finishes its job; once more to cancel the job",
            Self::Cancel => "stopping: the agent cancels its job; once more to end at once",
            Self::Kill => "ending at once",
        }
    }
}

#[cfg(test)]
mod tests;
