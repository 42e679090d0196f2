//! A standard queue that feeds one function at home, as an event source does on AWS. Who puts messages into it is somebody else's business.

use aws_sdk_sqs::{Client, types::DeleteMessageBatchRequestEntry, types::QueueAttributeName};

use crate::queues::{QueueError, Received, failed};

/// How long dead letters are kept: fourteen days, which is as long as queues keep anything.
const DEAD_KEPT_S: &str = "1209600";

/// Dead letters that one start puts back; the others wait for the next.
const LETTERS_MAX: usize = 1000;

/// The queue of one function. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    client: Client,
    name: String,
    url: String,
}

impl Inbox {
    /// The queue of that name, made unless it is there, with one beside it for dead letters. A message that is being handled is nobody else's
    /// for half a minute; one that was handed out `deliveries` times in vain becomes a dead letter. Dead letters
    /// that are there already get another chance: whatever they failed on may be mended.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn create(client: Client, name: &str, deliveries: u32) -> Result<Self, QueueError> {
        let dead = format!("{name}-dead");
        let call = client.create_queue().queue_name(&dead).attributes(QueueAttributeName::MessageRetentionPeriod, DEAD_KEPT_S);
        let dead_url = call.send().await.map_err(|error| failed("CreateQueue", &dead, error))?.queue_url.unwrap_or_default();
        let call = client.get_queue_attributes().queue_url(&dead_url).attribute_names(QueueAttributeName::QueueArn);
        let known = call.send().await.map_err(|error| failed("GetQueueAttributes", &dead, error))?.attributes.unwrap_or_default();
        let arn = known.get(&QueueAttributeName::QueueArn).map(String::as_str).unwrap_or_default();
        let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":{deliveries}}}"#);

        let call = client.create_queue().queue_name(name).attributes(QueueAttributeName::VisibilityTimeout, "30");
        let url = call.send().await.map_err(|error| failed("CreateQueue", name, error))?.queue_url.unwrap_or_default();
        // One that was made by an earlier version has none yet, and cannot be made anew with one.
        let call = client.set_queue_attributes().queue_url(&url).attributes(QueueAttributeName::RedrivePolicy, redrive);
        call.send().await.map_err(|error| failed("SetQueueAttributes", name, error))?;
        let (inbox, letters) = (Self { client: client.clone(), name: name.to_owned(), url }, Self { client, name: dead, url: dead_url });
        inbox.take_back(&letters).await?;
        Ok(inbox)
    }

    /// Puts dead letters back into the queue. One is gone from there only when it is here.
    async fn take_back(&self, letters: &Self) -> Result<(), QueueError> {
        for _ in 0..LETTERS_MAX {
            let Some(letter) = letters.receive(1, 0).await?.into_iter().next() else { return Ok(()) };
            let call = self.client.send_message().queue_url(&self.url).message_body(letter.body);
            call.send().await.map_err(|error| failed("SendMessage", &self.name, error))?;
            letters.delete(vec![letter.receipt]).await?;
        }
        Ok(())
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits up to `wait_s` seconds for messages, at most `most` (10 at the most): no more than are dealt with at once, as each counts as
    /// handed out from now on.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn receive(&self, most: usize, wait_s: i32) -> Result<Vec<Received>, QueueError> {
        let most = i32::try_from(most).unwrap_or(i32::MAX).clamp(1, 10);
        let call = self.client.receive_message().queue_url(&self.url).max_number_of_messages(most).wait_time_seconds(wait_s);
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
