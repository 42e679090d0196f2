//! Messages that could not be dealt with, looked at and put back by whoever operates a deployment.
//!
//! Invariant: a letter is taken off its queue only once it is back where it came from, or is to be dropped. Who dies on the way leaves it
//! there, perhaps as well as a copy that went back; every handler takes a message twice.

mod queue;
mod replay;

use std::collections::HashMap;

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{
        ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message, MessageAttributeValue,
        MessageSystemAttributeName, QueueAttributeName,
    },
};

pub use queue::DeadQueue;
pub use replay::Replayed;

/// How many messages one call takes or gives.
const BATCH: usize = 10;
/// Seconds for which letters are kept from others while they are looked at.
const HELD_S: i32 = 60;
/// Seconds that a look waits for letters: with any wait, all servers of the queue are asked.
const WAIT_S: i32 = 1;

/// Why dead letters could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum DeadLetterError {
    /// There is no such queue here.
    #[error(
        "there is no queue {0}: is this the region of the deployment? The indexer has queues only where logs are searched with OpenSearch"
    )]
    NoQueue(&'static str),
    /// A letter that was named is not among those that can be seen.
    #[error("there is no letter {0} among those that can be seen now: of one group of a FIFO queue, ten at a time can be")]
    NoLetter(String),
    /// The service did not do it.
    #[error("{operation} failed: {detail}")]
    Failed {
        /// What was called.
        operation: &'static str,
        /// What was said.
        detail: String,
    },
}

/// A message that could not be dealt with.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// Names it, as long as it lies there.
    pub id: String,
    /// What it says.
    pub body: String,
    /// The group that it was sent in, where there are groups.
    pub group: Option<String>,
    /// When it was first sent, in milliseconds since 1970.
    pub sent_ms: Option<i64>,
    receipt: String,
    attributes: HashMap<String, MessageAttributeValue>,
}

/// Which letters are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of the queue.
    All,
    /// Those with these ids.
    These(Vec<String>),
}

/// The dead letters of a deployment.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
}

impl DeadLetters {
    /// Those that `client` reaches.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// About how many there are; `None` where there is no such queue.
    ///
    /// # Errors
    /// [`DeadLetterError`], so for every call here.
    pub async fn count(&self, queue: DeadQueue) -> Result<Option<u64>, DeadLetterError> {
        match self.url(queue.dead()).await {
            Ok(url) => Ok(Some(self.attribute(&url, QueueAttributeName::ApproximateNumberOfMessages).await?.parse().unwrap_or(0))),
            Err(DeadLetterError::NoQueue(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The oldest letters, at most `most`, left where they are. Of one group of a FIFO queue no more than ten can be seen.
    ///
    /// # Errors
    /// [`DeadLetterError`].
    pub async fn look(&self, queue: DeadQueue, most: usize) -> Result<Vec<Letter>, DeadLetterError> {
        let url = self.url(queue.dead()).await?;
        let mut letters = self.hold(&url, most).await?;
        self.release(&url, &letters).await?;
        letters.truncate(most);
        Ok(letters)
    }

    /// Removes letters for good, and says how many; about how many, of all.
    ///
    /// # Errors
    /// [`DeadLetterError`].
    pub async fn drop_letters(&self, queue: DeadQueue, which: &Which) -> Result<u64, DeadLetterError> {
        let url = self.url(queue.dead()).await?;
        let Which::These(ids) = which else {
            let count = self.count(queue).await?.unwrap_or(0);
            self.client.purge_queue().queue_url(&url).send().await.map_err(|error| failed("PurgeQueue", error))?;
            return Ok(count);
        };
        let letters = self.these(&url, ids).await?;
        self.delete(&url, &letters).await?;
        Ok(letters.len() as u64)
    }

    /// Holds the letters with these ids, and lets go of all others.
    async fn these(&self, url: &str, ids: &[String]) -> Result<Vec<Letter>, DeadLetterError> {
        let held = self.hold(url, usize::MAX).await?;
        let (wanted, others): (Vec<Letter>, Vec<Letter>) = held.into_iter().partition(|letter| ids.contains(&letter.id));
        self.release(url, &others).await?;
        match ids.iter().find(|id| wanted.iter().all(|letter| letter.id != **id)) {
            None => Ok(wanted),
            Some(missing) => {
                self.release(url, &wanted).await?;
                Err(DeadLetterError::NoLetter(missing.clone()))
            }
        }
    }

    async fn hold(&self, url: &str, most: usize) -> Result<Vec<Letter>, DeadLetterError> {
        let mut letters: Vec<Letter> = Vec::new();
        while letters.len() < most {
            let some = self.receive(url, HELD_S).await?;
            // One that comes again was held too long already: all have been seen.
            let new: Vec<Letter> = some.into_iter().filter(|letter| letters.iter().all(|seen| seen.id != letter.id)).collect();
            if new.is_empty() {
                break;
            }
            letters.extend(new);
        }
        Ok(letters)
    }

    async fn receive(&self, url: &str, held_s: i32) -> Result<Vec<Letter>, DeadLetterError> {
        let call = self.client.receive_message().queue_url(url).max_number_of_messages(BATCH as i32);
        let call = call.visibility_timeout(held_s).wait_time_seconds(WAIT_S).message_attribute_names("All");
        let call = call.message_system_attribute_names(MessageSystemAttributeName::All);
        let answer = call.send().await.map_err(|error| failed("ReceiveMessage", error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().map(Letter::of).collect())
    }

    async fn release(&self, url: &str, letters: &[Letter]) -> Result<(), DeadLetterError> {
        for some in letters.chunks(BATCH) {
            let entry = |(at, letter): (usize, &Letter)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(at.to_string());
                entry.receipt_handle(&letter.receipt).visibility_timeout(0).build()
            };
            let entries = some
                .iter()
                .enumerate()
                .map(entry)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| odd("ChangeMessageVisibilityBatch", error))?;
            let call = self.client.change_message_visibility_batch().queue_url(url).set_entries(Some(entries));
            // Those that cannot be let go come back by themselves.
            call.send().await.map_err(|error| failed("ChangeMessageVisibilityBatch", error))?;
        }
        Ok(())
    }

    async fn delete(&self, url: &str, letters: &[Letter]) -> Result<(), DeadLetterError> {
        for some in letters.chunks(BATCH) {
            let entry = |(at, letter): (usize, &Letter)| {
                DeleteMessageBatchRequestEntry::builder().id(at.to_string()).receipt_handle(&letter.receipt).build()
            };
            let entries =
                some.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>().map_err(|error| odd("DeleteMessageBatch", error))?;
            let call = self.client.delete_message_batch().queue_url(url).set_entries(Some(entries));
            let answer = call.send().await.map_err(|error| failed("DeleteMessageBatch", error))?;
            if let Some(left) = answer.failed.first() {
                return Err(odd("DeleteMessageBatch", left.message().unwrap_or(left.code())));
            }
        }
        Ok(())
    }

    async fn url(&self, name: &'static str) -> Result<String, DeadLetterError> {
        let answer = match self.client.get_queue_url().queue_name(name).send().await {
            Ok(answer) => answer,
            Err(error) if error.code().is_some_and(|code| code.ends_with("QueueDoesNotExist") || code.ends_with("NonExistentQueue")) => {
                return Err(DeadLetterError::NoQueue(name));
            }
            Err(error) => return Err(failed("GetQueueUrl", error)),
        };
        answer.queue_url.ok_or(DeadLetterError::NoQueue(name))
    }

    async fn attribute(&self, url: &str, name: QueueAttributeName) -> Result<String, DeadLetterError> {
        let answer = self.client.get_queue_attributes().queue_url(url).attribute_names(name.clone()).send().await;
        let mut attributes = answer.map_err(|error| failed("GetQueueAttributes", error))?.attributes.unwrap_or_default();
        Ok(attributes.remove(&name).unwrap_or_default())
    }
}

impl Letter {
    fn of(message: Message) -> Self {
        let system = message.attributes.unwrap_or_default();
        Self {
            id: message.message_id.unwrap_or_default(),
            body: message.body.unwrap_or_default(),
            group: system.get(&MessageSystemAttributeName::MessageGroupId).cloned(),
            sent_ms: system.get(&MessageSystemAttributeName::SentTimestamp).and_then(|text| text.parse().ok()),
            receipt: message.receipt_handle.unwrap_or_default(),
            attributes: message.message_attributes.unwrap_or_default(),
        }
    }
}

fn odd(operation: &'static str, detail: impl ToString) -> DeadLetterError {
    DeadLetterError::Failed { operation, detail: detail.to_string() }
}

fn failed<E, R>(operation: &'static str, error: SdkError<E, R>) -> DeadLetterError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    odd(operation, DisplayErrorContext(&error))
}
