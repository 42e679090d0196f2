//! A standard queue that feeds one function at home, as an event source does on AWS. Who puts messages into it is somebody else's business.

use aws_sdk_sqs::{Client, types::DeleteMessageBatchRequestEntry, types::QueueAttributeName};

use crate::queues::{QueueError, Received, failed};

/// The queue of one function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    client: Client,
    name: String,
    url: String,
}

impl Inbox {
    /// The queue of that name, made unless it is there. A message that is being handled is nobody else's for half a minute.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn create(client: Client, name: &str) -> Result<Self, QueueError> {
        let call = client.create_queue().queue_name(name).attributes(QueueAttributeName::VisibilityTimeout, "30");
        let made = call.send().await.map_err(|error| failed("CreateQueue", name, error))?;
        Ok(Self { client, name: name.to_owned(), url: made.queue_url.unwrap_or_default() })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits up to `wait_s` seconds for messages, at most 10.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn receive(&self, wait_s: i32) -> Result<Vec<Received>, QueueError> {
        let call = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10).wait_time_seconds(wait_s);
        let answer = call.send().await.map_err(|error| failed("ReceiveMessage", &self.name, error))?;
        let received = |message: aws_sdk_sqs::types::Message| Received {
            body: message.body.unwrap_or_default(),
            receipt: message.receipt_handle.unwrap_or_default(),
        };
        Ok(answer.messages.unwrap_or_default().into_iter().map(received).collect())
    }

    /// Takes received messages off the queue, by their receipts; at most 10.
    ///
    /// # Errors
    /// [`QueueError`]; messages that could not be taken off come again.
    pub async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError> {
        let refused = |detail: String| QueueError::Refused { operation: "DeleteMessageBatch", queue: self.name.clone(), detail };
        let entries = receipts
            .into_iter()
            .enumerate()
            .map(|(at, receipt)| DeleteMessageBatchRequestEntry::builder().id(at.to_string()).receipt_handle(receipt).build());
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| refused(error.to_string()))?;
        let call = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = call.send().await.map_err(|error| failed("DeleteMessageBatch", &self.name, error))?;
        match answer.failed.first() {
            Some(entry) => Err(refused(entry.message.clone().unwrap_or_else(|| entry.code.clone()))),
            None => Ok(()),
        }
    }
}
