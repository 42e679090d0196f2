//! How much waits in the queues between functions, for people who look after the system.

use aws_sdk_sqs::types::QueueAttributeName;

use super::{NEW_LOGS, QueueError, Queues, Topic, failed};

/// The name of the queue of events that people are told of.
const EVENTS: &str = "kraken-notifier";
/// What the name of a queue of dead letters has after that of its queue.
const DEAD: &str = "-dead";

/// What waits in a queue, about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Messages that nobody has.
    pub waiting: u64,
    /// Messages that somebody works on, or that rest after a try that failed.
    pub in_progress: u64,
}

impl Queues {
    /// The names of the queues between functions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Topic::ALL.into_iter().map(Topic::queue_name).chain([EVENTS, NEW_LOGS])
    }

    /// What waits in the queue of that name; `None` where there is none.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn depth(&self, name: &str) -> Result<Option<Depth>, QueueError> {
        let names = [QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        let call = self.client.get_queue_attributes().queue_url(self.beside(name)).set_attribute_names(Some(names.to_vec()));
        let known = match call.send().await {
            Ok(answer) => answer.attributes.unwrap_or_default(),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_queue_does_not_exist()) => return Ok(None),
            Err(error) => return Err(failed("GetQueueAttributes", name, error)),
        };
        let [waiting, in_progress] = names.map(|name| known.get(&name).and_then(|count| count.parse().ok()).unwrap_or_default());
        Ok(Some(Depth { waiting, in_progress }))
    }

    /// The same of its dead letters: messages that could not be dealt with.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn dead_letters(&self, name: &str) -> Result<Option<Depth>, QueueError> {
        let dead = match name.strip_suffix(".fifo") {
            Some(name) => format!("{name}{DEAD}.fifo"),
            None => format!("{name}{DEAD}"),
        };
        self.depth(&dead).await
    }
}
