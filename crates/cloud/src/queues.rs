//! Queues: wake-ups between functions, and one queue per agent. A message only says where to look.

mod depth;
mod new_logs;

pub use depth::Depth;
pub use new_logs::NEW_LOGS;

use std::{collections::HashMap, fmt, sync::Arc};

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{DeleteMessageBatchRequestEntry, QueueAttributeName},
};
use kraken_domain::AgentId;

/// A failed call to the queue service.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The service did not answer, or asked for patience: the same call may go through later.
    #[error("the queue service does not answer: {0}")]
    Unavailable(String),
    /// The service refused the call as such; repeating it will not help.
    #[error("the queue service refused {operation} on {queue}: {detail}")]
    Refused {
        /// What was called.
        operation: &'static str,
        /// On what.
        queue: String,
        /// What it said.
        detail: String,
    },
}

/// A queue between functions. Each is first in, first out per group, so that one thing is looked at by one function
/// instance at a time; equal messages within a short time are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A job may be waiting or an agent may be idle.
    Scheduler,
    /// The jobs of a run changed, or the run did.
    Results,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 2] = [Self::Scheduler, Self::Results];

    /// The name of its queue.
    pub fn queue_name(self) -> &'static str {
        match self {
            Self::Scheduler => "kraken-scheduler.fifo",
            Self::Results => "kraken-results.fifo",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.queue_name())
    }
}

/// The queue of one agent.
#[derive(Clone, Debug)]
pub struct AgentQueue;

impl AgentQueue {
    /// The name of the agent's queue.
    pub fn name(agent: AgentId) -> String {
        format!("kraken-agent-{agent}")
    }
}

/// A message as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    /// What it says.
    pub body: String,
    /// Names this receipt; delete with it.
    pub receipt: String,
}

/// A handle on all queues. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queues {
    client: Client,
    urls: Arc<HashMap<Topic, String>>,
}

impl Queues {
    /// The queues as `client` reaches them, the topics' being at `urls`.
    pub fn new(client: Client, urls: HashMap<Topic, String>) -> Self {
        Self { client, urls: Arc::new(urls) }
    }

    /// Makes the topics' queues unless they are there; at home only.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn create(client: Client) -> Result<Self, QueueError> {
        let mut urls = HashMap::new();
        for topic in Topic::ALL {
            let call = client.create_queue().queue_name(topic.queue_name());
            let call = call.attributes(QueueAttributeName::FifoQueue, "true").attributes(QueueAttributeName::VisibilityTimeout, "30");
            let made = call.send().await.map_err(|error| failed("CreateQueue", topic.queue_name(), error))?;
            urls.insert(topic, made.queue_url.unwrap_or_default());
        }
        Ok(Self::new(client, urls))
    }

    fn url(&self, topic: Topic) -> &str {
        self.urls.get(&topic).map_or("", String::as_str)
    }

    /// Where the queue of an agent is: beside the others.
    pub fn agent_queue_url(&self, agent: AgentId) -> String {
        self.beside(&AgentQueue::name(agent))
    }

    /// The queue of that name beside those of the topics.
    fn beside(&self, name: &str) -> String {
        let base = self.url(Topic::Scheduler).rsplit_once('/').map_or("", |(base, _)| base);
        format!("{base}/{name}")
    }

    /// Asks for a look at `group`. Messages with the same `dedup` within five minutes are one.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn wake(&self, topic: Topic, group: &str, dedup: &str) -> Result<(), QueueError> {
        let call = self.client.send_message().queue_url(self.url(topic)).message_body(group);
        let call = call.message_group_id(group).message_deduplication_id(dedup);
        call.send().await.map(drop).map_err(|error| failed("SendMessage", topic.queue_name(), error))
    }

    /// Waits up to `wait_s` seconds for messages of `topic`, at most 10.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn receive(&self, topic: Topic, wait_s: i32) -> Result<Vec<Received>, QueueError> {
        let call = self.client.receive_message().queue_url(self.url(topic)).max_number_of_messages(10).wait_time_seconds(wait_s);
        let answer = call.send().await.map_err(|error| failed("ReceiveMessage", topic.queue_name(), error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|message| Received { body: message.body.unwrap_or_default(), receipt: message.receipt_handle.unwrap_or_default() })
            .collect())
    }

    /// Takes received messages off their queue, by their receipts; at most 10.
    ///
    /// # Errors
    /// [`QueueError`]; messages that could not be taken off come again.
    pub async fn delete(&self, topic: Topic, receipts: Vec<String>) -> Result<(), QueueError> {
        let entries = receipts
            .into_iter()
            .enumerate()
            .map(|(at, receipt)| DeleteMessageBatchRequestEntry::builder().id(at.to_string()).receipt_handle(receipt).build());
        let refused = |detail: String| QueueError::Refused { operation: "DeleteMessageBatch", queue: topic.to_string(), detail };
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(|error| refused(error.to_string()))?;
        let call = self.client.delete_message_batch().queue_url(self.url(topic)).set_entries(Some(entries));
        let answer = call.send().await.map_err(|error| failed("DeleteMessageBatch", topic.queue_name(), error))?;
        match answer.failed.first() {
            Some(entry) => Err(refused(entry.message.clone().unwrap_or_else(|| entry.code.clone()))),
            None => Ok(()),
        }
    }

    /// Makes the queue of an agent unless it is there.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn create_agent_queue(&self, agent: AgentId) -> Result<(), QueueError> {
        let name = AgentQueue::name(agent);
        // Wake-ups older than an hour say nothing that a heartbeat has not said since.
        let call = self.client.create_queue().queue_name(&name).attributes(QueueAttributeName::MessageRetentionPeriod, "3600");
        call.send().await.map(drop).map_err(|error| failed("CreateQueue", &name, error))
    }

    /// Removes the queue of an agent.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn delete_agent_queue(&self, agent: AgentId) -> Result<(), QueueError> {
        let url = self.agent_queue_url(agent);
        match self.client.delete_queue().queue_url(&url).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(failed("DeleteQueue", &url, error)),
        }
    }

    /// Puts `body` on the queue of an agent. A queue that is gone is not an error: nobody listens any more.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn tell_agent(&self, agent: AgentId, body: &str) -> Result<(), QueueError> {
        let url = self.agent_queue_url(agent);
        match self.client.send_message().queue_url(&url).message_body(body).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(failed("SendMessage", &url, error)),
        }
    }
}

fn is_gone<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code().is_some_and(|code| code.ends_with("QueueDoesNotExist") || code.ends_with("NonExistentQueue"))
}

pub(crate) fn failed<E, R>(operation: &'static str, queue: &str, error: SdkError<E, R>) -> QueueError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: fmt::Debug,
{
    let passing = match &error {
        SdkError::ServiceError(service) => {
            matches!(service.err().code(), Some("RequestThrottled" | "ThrottlingException" | "InternalError" | "ServiceUnavailable"))
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        _ => false,
    };
    let detail = DisplayErrorContext(&error).to_string();
    if passing {
        QueueError::Unavailable(format!("{operation} on {queue}: {detail}"))
    } else {
        QueueError::Refused { operation, queue: queue.to_owned(), detail }
    }
}
