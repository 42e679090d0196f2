//! The queues whose messages may end as dead letters.

/// A dead-letter queue, named by the function whose messages end there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadQueue {
    /// Wake-ups of the scheduler.
    Scheduler,
    /// Wake-ups for runs whose jobs ended.
    Results,
    /// Events for the notifier.
    Notifier,
    /// Logs that the indexer was to index.
    Indexer,
}

impl DeadQueue {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Scheduler, Self::Results, Self::Notifier, Self::Indexer];

    /// The function's name.
    pub const fn function(self) -> &'static str {
        match self {
            Self::Scheduler => "scheduler",
            Self::Results => "results",
            Self::Notifier => "notifier",
            Self::Indexer => "indexer",
        }
    }

    /// The queue that the messages came from and go back to.
    pub const fn live(self) -> &'static str {
        match self {
            Self::Scheduler => "kraken-scheduler.fifo",
            Self::Results => "kraken-results.fifo",
            Self::Notifier => "kraken-notifier",
            Self::Indexer => "kraken-indexer",
        }
    }

    /// The queue that they lie in.
    pub const fn dead(self) -> &'static str {
        match self {
            Self::Scheduler => "kraken-scheduler-dead.fifo",
            Self::Results => "kraken-results-dead.fifo",
            Self::Notifier => "kraken-notifier-dead",
            Self::Indexer => "kraken-indexer-dead",
        }
    }

    /// Whether the queues keep order within groups.
    pub fn is_fifo(self) -> bool {
        self.dead().ends_with(".fifo")
    }

    /// What a letter of it means, and what to do about it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Scheduler => {
                "a wake-up; the minute's tick has looked at the queue since: mend what the function's log says, then drop it"
            }
            Self::Results => {
                "a wake-up for the run of that id; the minute's tick looks at the run as well: if it is stuck, keep the id, it is a defect"
            }
            Self::Notifier => "an event that nobody was told of: mend what the function's log says, then replay it",
            Self::Indexer => "a log that cannot be found by searching: mend what the function's log says, then replay it",
        }
    }
}
