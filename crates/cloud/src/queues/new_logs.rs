//! The queue of logs that were stored and are to be indexed. The object store itself fills it, in the words of S3's events.

use aws_sdk_sqs::types::QueueAttributeName;

use super::{QueueError, Queues, failed};

/// The name of the queue of logs to be indexed.
pub const NEW_LOGS: &str = "kraken-indexer";

impl Queues {
    /// Where the queue of logs to be indexed is: beside the others.
    pub fn new_logs_url(&self) -> String {
        self.beside(NEW_LOGS)
    }

    /// How many logs wait to be indexed, about: those being worked on, and those that rest after a try that failed, too.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn new_logs_waiting(&self) -> Result<u64, QueueError> {
        let names = [QueueAttributeName::ApproximateNumberOfMessages, QueueAttributeName::ApproximateNumberOfMessagesNotVisible];
        let call = self.client.get_queue_attributes().queue_url(self.new_logs_url()).set_attribute_names(Some(names.to_vec()));
        let known = call.send().await.map_err(|error| failed("GetQueueAttributes", NEW_LOGS, error))?.attributes.unwrap_or_default();
        Ok(names.iter().filter_map(|name| known.get(name)?.parse::<u64>().ok()).sum())
    }
}
