//! `ReceiveMessage`: stands in line, and dresses what it got as the caller asked for it.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::oneshot;

use super::catalogue::Queue;
use super::fault::Fault;
use super::receive::Delivery;
use super::send::Properties;
use super::waiting::Receiver;
use super::wire::{AttributeValue, Message, Messages, ReceiveMessage};
use super::{Sqs, acknowledge, digest, names, send};
use crate::group_commit::Unavailable;

const MAX_MESSAGES: i64 = 10;
const MAX_WAIT_SECONDS: i64 = 20;

impl Sqs {
    pub(super) async fn receive_message(&self, request: ReceiveMessage) -> Result<Messages, Fault> {
        let name = names::of_url(&request.queue_url)?.to_owned();
        let limit = limit(request.max_number_of_messages)?;
        let wait = request.wait_time_seconds.map(check_wait).transpose()?;
        let visibility_seconds = request.visibility_timeout.map(acknowledge::check_visibility).transpose()?;

        let (reply, deliveries) = oneshot::channel();
        self.writer
            .note(move |ledger| {
                let wait = move |queue: &Queue| seconds(wait.unwrap_or(queue.settings.wait_seconds));
                ledger.receive(&name, wait, |until| Receiver { limit, visibility_seconds, until, reply });
            })
            .await?;
        let deliveries = deliveries.await.unwrap_or_else(|_| Err(Unavailable.into()))?;
        Ok(Messages { messages: deliveries.into_iter().map(|delivery| dress(delivery, &request)).collect() })
    }
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or_default())
}

fn limit(wanted: Option<i64>) -> Result<usize, Fault> {
    let wanted = wanted.unwrap_or(1);
    usize::try_from(wanted)
        .ok()
        .filter(|_| (1..=MAX_MESSAGES).contains(&wanted))
        .ok_or_else(|| Fault::invalid("MaxNumberOfMessages", wanted, "Must be between 1 and 10, if provided."))
}

fn check_wait(seconds: i64) -> Result<i64, Fault> {
    if (0..=MAX_WAIT_SECONDS).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(Fault::invalid("WaitTimeSeconds", seconds, "Must be >= 0 and <= 20, if provided."))
    }
}

fn dress(delivery: Delivery, request: &ReceiveMessage) -> Message {
    let receipt_handle = delivery.receipt().encode();
    let properties: Properties = serde_json::from_str(&delivery.properties).unwrap_or_default();
    let message_attributes: BTreeMap<String, AttributeValue> = properties
        .attributes
        .iter()
        .filter(|(name, _)| request.message_attribute_names.iter().any(|wanted| is_wanted(wanted, name)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let wanted = |name: &&str| {
        let names = request.message_system_attribute_names.iter().chain(&request.attribute_names);
        names.into_iter().any(|wanted| wanted == "All" || wanted == name)
    };
    Message {
        attributes: system_attributes(&delivery, properties).into_iter().filter(|(name, _)| wanted(name)).collect(),
        message_id: delivery.id,
        receipt_handle,
        md5_of_body: digest::of_body(&delivery.body),
        body: delivery.body,
        md5_of_message_attributes: digest::of_attributes(&message_attributes),
        message_attributes,
    }
}

/// `All` and `.*` stand for every attribute, `x.*` for those that start with `x`.
fn is_wanted(wanted: &str, name: &str) -> bool {
    wanted == "All" || wanted == name || wanted.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
}

fn system_attributes(delivery: &Delivery, properties: Properties) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::from([
        ("ApproximateFirstReceiveTimestamp", delivery.first_received_ms.to_string()),
        ("ApproximateReceiveCount", delivery.received.to_string()),
        ("SenderId", names::ACCOUNT.to_owned()),
        ("SentTimestamp", delivery.sent_ms.to_string()),
    ]);
    if properties.deduplication.is_some() {
        all.insert("SequenceNumber", send::sequence_number(delivery.seq));
    }
    let trace = properties.system.get("AWSTraceHeader").and_then(|value| value.string_value.clone());
    let optional = [
        ("MessageGroupId", properties.group),
        ("MessageDeduplicationId", properties.deduplication),
        ("DeadLetterQueueSourceArn", properties.dead_letter_source),
        ("AWSTraceHeader", trace),
    ];
    all.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    all
}
