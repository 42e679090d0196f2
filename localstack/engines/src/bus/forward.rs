//! A rule with a queue as its target: puts the events that a subscriber wants into a queue, several at a time.
//!
//! Invariant: an event is acknowledged only after the queue took it, so it gets there at least once.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use tokio::sync::Notify;

use super::BusError;
use super::ledger::{Delivery, Ledger};
use super::subscription::wait;
use crate::group_commit::Writer;

/// What SQS takes at once.
const BATCH: usize = 10;
/// How long to leave the storage alone when it fails.
const STORAGE_RETRY: Duration = Duration::from_secs(1);

/// Where events go.
#[derive(Clone, Debug)]
pub struct QueueTarget {
    /// Reaches the queue.
    pub client: Client,
    /// The queue's URL.
    pub queue_url: String,
}

/// Forwards until it is dropped. What is then not in the queue waits for the next time.
pub(super) async fn forward(writer: Writer<Ledger>, name: String, woken: Arc<Notify>, target: QueueTarget) {
    loop {
        if let Err(error) = bring(&writer, &name, &woken, &target).await {
            tracing::error!(subscriber = name, %error, "events could not be read, trying again");
            tokio::time::sleep(STORAGE_RETRY).await;
        }
    }
}

async fn bring(writer: &Writer<Ledger>, name: &str, woken: &Notify, target: &QueueTarget) -> Result<(), BusError> {
    let subscriber = name.to_owned();
    let (due, next_ms) = writer
        .run(move |ledger| {
            let due = ledger.due(&subscriber, BATCH)?;
            let next_ms = if due.is_empty() { ledger.next_due(&subscriber)? } else { None };
            Ok::<_, BusError>((due, next_ms))
        })
        .await?;
    if due.is_empty() {
        wait(woken, next_ms).await;
        return Ok(());
    }
    let taken = send(name, target, &due).await?;
    writer
        .run(move |ledger| {
            for (delivery, taken) in due.iter().zip(taken) {
                if taken { ledger.acknowledge(delivery.seq)? } else { ledger.retry(delivery)? }
            }
            Ok(())
        })
        .await
}

/// Gives which of the events the queue took.
async fn send(name: &str, target: &QueueTarget, due: &[Delivery]) -> Result<Vec<bool>, BusError> {
    let mut entries = Vec::with_capacity(due.len());
    for (at, delivery) in due.iter().enumerate() {
        let entry = SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(serde_json::to_string(&delivery.event)?);
        // Both of its members are set.
        entries.extend(entry.build());
    }
    let call = target.client.send_message_batch().queue_url(&target.queue_url).set_entries(Some(entries));
    match call.send().await {
        Ok(answer) => {
            let failed: Vec<&str> = answer.failed().iter().map(|entry| entry.id()).collect();
            if !failed.is_empty() {
                tracing::warn!(subscriber = name, failed = failed.len(), "a queue did not take some events; they are brought again");
            }
            Ok((0..due.len()).map(|at| !failed.contains(&at.to_string().as_str())).collect())
        }
        Err(error) => {
            let error = DisplayErrorContext(&error).to_string();
            tracing::warn!(subscriber = name, error, "a queue takes no events; they are brought again");
            Ok(vec![false; due.len()])
        }
    }
}
