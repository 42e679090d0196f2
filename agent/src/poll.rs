//! Hears of news: the long poll of the agent's own queue.
//!
//! A message says only "look", so any number of messages is one piece of news, and a message that is lost costs time, never truth. The
//! poll goes on while a job runs: a wish to stop it comes the same way.

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, SdkError},
    types::{DeleteMessageBatchRequestEntry, Message},
};
use kraken_protocol::agent::Wake;
use tokio::sync::watch;

use crate::{
    api::{Retry, luck},
    session::{Cloud, Sessions},
};

/// Messages that one receive may bring.
const MESSAGES: i32 = 10;

/// Counts pieces of news. Whoever wants to hear keeps a receiver of their own.
pub type News = watch::Sender<u64>;

/// Polls until dropped.
pub async fn listen(newest: watch::Receiver<Cloud>, sessions: &Sessions, news: &News) {
    let mut failures = 0;
    loop {
        let cloud = newest.borrow().clone();
        let session = cloud.session();
        // After a failure the first answer shall come at once: what was missed must not wait for the next message.
        let wait_s = if failures > 0 { 0 } else { i32::try_from(session.intervals.poll_wait_s).unwrap_or(20) };
        let received = cloud
            .queue()
            .receive_message()
            .queue_url(&session.queue_url)
            .max_number_of_messages(MESSAGES)
            .wait_time_seconds(wait_s)
            .send()
            .await;
        let error = match received {
            Ok(answer) => {
                if failures > 0 {
                    tracing::info!(failures, "the queue answers again");
                    // While it did not, something may have happened.
                    news.send_modify(|count| *count += 1);
                }
                failures = 0;
                if let Some(messages) = answer.messages.filter(|messages| !messages.is_empty()) {
                    take(messages, cloud, news);
                }
                continue;
            }
            Err(error) => error,
        };
        if is_denied(&error) {
            sessions.report_refused();
        }
        let pause = Retry::FOR_EVER.pause(failures, luck());
        failures += 1;
        if failures == 5 || failures % 60 == 0 {
            tracing::warn!(failures, error = %DisplayErrorContext(&error), "the queue does not answer; trying on");
        }
        tokio::time::sleep(pause).await;
    }
}

/// Spreads the news and deletes the messages, without keeping the next receive waiting.
fn take(messages: Vec<Message>, cloud: Cloud, news: &News) {
    for message in &messages {
        if serde_json::from_str::<Wake>(message.body.as_deref().unwrap_or_default()).is_err() {
            tracing::debug!("a message on the queue is none of ours; looking all the same");
        }
    }
    tracing::debug!(messages = messages.len(), "there is news");
    news.send_modify(|count| *count += 1);
    tokio::spawn(async move {
        let queue_url = cloud.session().queue_url.clone();
        // One that stays is delivered again and is one more piece of news: harmless.
        if let Err(error) = delete(cloud.queue(), &queue_url, messages).await {
            tracing::debug!(error, "read messages could not be deleted");
        }
    });
}

async fn delete(queue: &Client, queue_url: &str, messages: Vec<Message>) -> Result<(), String> {
    let receipts: Vec<String> = messages.into_iter().filter_map(|message| message.receipt_handle).collect();
    if let [only] = receipts.as_slice() {
        let deleted = queue.delete_message().queue_url(queue_url).receipt_handle(only).send().await;
        return deleted.map(drop).map_err(|error| DisplayErrorContext(error).to_string());
    }
    let entries: Result<Vec<_>, _> = (0..)
        .zip(receipts)
        .map(|(n, receipt)| DeleteMessageBatchRequestEntry::builder().id(n.to_string()).receipt_handle(receipt).build())
        .collect();
    let entries = entries.map_err(|error| error.to_string())?;
    let deleted = queue.delete_message_batch().queue_url(queue_url).set_entries(Some(entries)).send().await;
    deleted.map(drop).map_err(|error| DisplayErrorContext(error).to_string())
}

/// Whether newer credentials may help. A queue that is gone looks the same to who may not see it.
fn is_denied<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|answer| (400..=403).contains(&answer.status().as_u16()))
}
