//! A rule with a queue as its target: puts the events that a subscriber wants into a queue, several at a time.
//!
//! Invariant: an event is acknowledged only after the queue took it, so it gets there at least once.

use std::sync::Arc;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use tokio::sync::Notify;

use super::BusError;
use super::bring::bring;
use super::ledger::{Delivery, Ledger};
use crate::group_commit::Writer;

/// What SQS takes at once.
const BATCH: usize = 10;

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
    let name: Arc<str> = name.into();
    let (noting, to) = (writer.clone(), Arc::clone(&name));
    let hand = move |due: Vec<Delivery>| {
        let (writer, name, target) = (noting.clone(), Arc::clone(&to), target.clone());
        async move {
            let taken = send(&name, &target, &due).await?;
            let note = move |ledger: &mut Ledger| {
                for (delivery, taken) in due.iter().zip(taken) {
                    if taken { ledger.acknowledge(delivery.seq)? } else { ledger.retry(delivery)? }
                }
                Ok(())
            };
            writer.run(note).await
        }
    };
    bring(writer, name, woken, BATCH, hand).await;
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
