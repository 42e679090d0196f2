//! Requests and replies of the SQS JSON protocol, as `com.amazonaws.sqs` describes them.
//!
//! Fields that SQS requires are read as empty when they are missing: both are refused as `MissingParameter`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The value of a message attribute: text or bytes (in base64), with its type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AttributeValue {
    pub(crate) data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binary_value: Option<String>,
}

impl AttributeValue {
    /// The bytes of a binary value; empty if there are none or they aren't base64.
    pub(crate) fn binary(&self) -> Vec<u8> {
        self.binary_value.as_deref().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CreateQueue {
    pub(crate) queue_name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetQueueUrl {
    pub(crate) queue_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ListQueues {
    pub(crate) queue_name_prefix: String,
    pub(crate) max_results: Option<i64>,
    pub(crate) next_token: Option<String>,
}

/// `DeleteQueue` and `PurgeQueue`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct OnQueue {
    pub(crate) queue_url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GetQueueAttributes {
    pub(crate) queue_url: String,
    pub(crate) attribute_names: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SetQueueAttributes {
    pub(crate) queue_url: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// What is to be sent, alone or in a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Outgoing {
    pub(crate) message_body: String,
    pub(crate) delay_seconds: Option<i64>,
    pub(crate) message_attributes: BTreeMap<String, AttributeValue>,
    pub(crate) message_system_attributes: BTreeMap<String, AttributeValue>,
    pub(crate) message_group_id: Option<String>,
    pub(crate) message_deduplication_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SendMessage {
    pub(crate) queue_url: String,
    #[serde(flatten)]
    pub(crate) message: Outgoing,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ReceiveMessage {
    pub(crate) queue_url: String,
    pub(crate) max_number_of_messages: Option<i64>,
    pub(crate) visibility_timeout: Option<i64>,
    pub(crate) wait_time_seconds: Option<i64>,
    pub(crate) message_attribute_names: Vec<String>,
    pub(crate) message_system_attribute_names: Vec<String>,
    /// The older name of the field above.
    pub(crate) attribute_names: Vec<String>,
}

/// Which delivery is to be deleted, alone or in a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Deletion {
    pub(crate) receipt_handle: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DeleteMessage {
    pub(crate) queue_url: String,
    #[serde(flatten)]
    pub(crate) deletion: Deletion,
}

/// How long a delivery is to be kept from others, alone or in a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Extension {
    pub(crate) receipt_handle: String,
    pub(crate) visibility_timeout: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ChangeMessageVisibility {
    pub(crate) queue_url: String,
    #[serde(flatten)]
    pub(crate) extension: Extension,
}

/// A batch of sends, deletions or extensions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Batch<T> {
    #[serde(default)]
    pub(crate) queue_url: String,
    #[serde(default = "Vec::new")]
    pub(crate) entries: Vec<Entry<T>>,
}

/// One of a batch, with the name its sender gave it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Entry<T> {
    #[serde(default)]
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) item: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueUrl {
    pub(crate) queue_url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueUrls {
    pub(crate) queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueAttributes {
    pub(crate) attributes: BTreeMap<String, String>,
}

/// What became of a sent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Sent {
    pub(crate) message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    pub(crate) md5_of_message_body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub(crate) md5_of_message_attributes: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    pub(crate) md5_of_message_system_attributes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sequence_number: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Messages {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

/// A delivered message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Message {
    pub(crate) message_id: String,
    pub(crate) receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    pub(crate) md5_of_body: String,
    pub(crate) body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) attributes: BTreeMap<&'static str, String>,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    pub(crate) md5_of_message_attributes: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) message_attributes: BTreeMap<String, AttributeValue>,
}

/// The outcome of a batch, entry by entry.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchReply<T> {
    pub(crate) successful: Vec<Named<T>>,
    pub(crate) failed: Vec<Failed>,
}

/// The success of one entry.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named<T> {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) outcome: T,
}

/// The refusal of one entry.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Failed {
    pub(crate) id: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) sender_fault: bool,
}

/// Nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Empty {}
