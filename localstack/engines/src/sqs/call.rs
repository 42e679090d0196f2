//! A request, read once: the rights are checked on the very values that are then acted on.

use serde::de::DeserializeOwned;

use super::fault::{Fault, FaultKind};
use super::names;
use super::wire::{
    Batch, ChangeMessageVisibility, CreateQueue, DeleteMessage, Deletion, Extension, GetQueueAttributes, GetQueueUrl, ListQueues, OnQueue,
    Outgoing, ReceiveMessage, SendMessage, SetQueueAttributes,
};

/// The namespace in `X-Amz-Target`.
pub(crate) const TARGET: &str = "AmazonSQS.";

/// Operations of SQS that nobody here needs.
const UNSUPPORTED: &[&str] = &[
    "AddPermission",
    "CancelMessageMoveTask",
    "ListDeadLetterSourceQueues",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "RemovePermission",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
];

/// One request of each operation that is known here.
#[derive(Debug)]
pub(crate) enum Call {
    CreateQueue(CreateQueue),
    GetQueueUrl(GetQueueUrl),
    ListQueues(ListQueues),
    DeleteQueue(OnQueue),
    PurgeQueue(OnQueue),
    GetQueueAttributes(GetQueueAttributes),
    SetQueueAttributes(SetQueueAttributes),
    SendMessage(SendMessage),
    SendMessageBatch(Batch<Outgoing>),
    ReceiveMessage(ReceiveMessage),
    DeleteMessage(DeleteMessage),
    DeleteMessageBatch(Batch<Deletion>),
    ChangeMessageVisibility(ChangeMessageVisibility),
    ChangeMessageVisibilityBatch(Batch<Extension>),
}

impl Call {
    /// Reads the request whose `X-Amz-Target` is `target`.
    pub(crate) fn parse(target: &str, body: &[u8]) -> Result<Self, Fault> {
        let operation = target.strip_prefix(TARGET).unwrap_or_default();
        Ok(match operation {
            "CreateQueue" => Self::CreateQueue(read(body)?),
            "GetQueueUrl" => Self::GetQueueUrl(read(body)?),
            "ListQueues" => Self::ListQueues(read(body)?),
            "DeleteQueue" => Self::DeleteQueue(read(body)?),
            "PurgeQueue" => Self::PurgeQueue(read(body)?),
            "GetQueueAttributes" => Self::GetQueueAttributes(read(body)?),
            "SetQueueAttributes" => Self::SetQueueAttributes(read(body)?),
            "SendMessage" => Self::SendMessage(read(body)?),
            "SendMessageBatch" => Self::SendMessageBatch(read(body)?),
            "ReceiveMessage" => Self::ReceiveMessage(read(body)?),
            "DeleteMessage" => Self::DeleteMessage(read(body)?),
            "DeleteMessageBatch" => Self::DeleteMessageBatch(read(body)?),
            "ChangeMessageVisibility" => Self::ChangeMessageVisibility(read(body)?),
            "ChangeMessageVisibilityBatch" => Self::ChangeMessageVisibilityBatch(read(body)?),
            _ if UNSUPPORTED.contains(&operation) => {
                let message = format!("{operation} is an operation of SQS that the queues of one machine don't have.");
                return Err(Fault::new(FaultKind::UnsupportedOperation, message));
            }
            _ => {
                let message = format!("The target {target:?} is not an operation of this endpoint.");
                return Err(Fault::new(FaultKind::UnknownOperation, message));
            }
        })
    }

    /// The operation's name, as IAM policies have it.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::CreateQueue(_) => "CreateQueue",
            Self::GetQueueUrl(_) => "GetQueueUrl",
            Self::ListQueues(_) => "ListQueues",
            Self::DeleteQueue(_) => "DeleteQueue",
            Self::PurgeQueue(_) => "PurgeQueue",
            Self::GetQueueAttributes(_) => "GetQueueAttributes",
            Self::SetQueueAttributes(_) => "SetQueueAttributes",
            Self::SendMessage(_) => "SendMessage",
            Self::SendMessageBatch(_) => "SendMessageBatch",
            Self::ReceiveMessage(_) => "ReceiveMessage",
            Self::DeleteMessage(_) => "DeleteMessage",
            Self::DeleteMessageBatch(_) => "DeleteMessageBatch",
            Self::ChangeMessageVisibility(_) => "ChangeMessageVisibility",
            Self::ChangeMessageVisibilityBatch(_) => "ChangeMessageVisibilityBatch",
        }
    }

    /// The name of the queue it is about, `None` for `ListQueues`.
    pub(crate) fn queue(&self) -> Result<Option<&str>, Fault> {
        let url = match self {
            Self::ListQueues(_) => return Ok(None),
            Self::CreateQueue(request) => return Ok(Some(&request.queue_name)),
            Self::GetQueueUrl(request) => return Ok(Some(&request.queue_name)),
            Self::DeleteQueue(request) | Self::PurgeQueue(request) => &request.queue_url,
            Self::GetQueueAttributes(request) => &request.queue_url,
            Self::SetQueueAttributes(request) => &request.queue_url,
            Self::SendMessage(request) => &request.queue_url,
            Self::SendMessageBatch(request) => &request.queue_url,
            Self::ReceiveMessage(request) => &request.queue_url,
            Self::DeleteMessage(request) => &request.queue_url,
            Self::DeleteMessageBatch(request) => &request.queue_url,
            Self::ChangeMessageVisibility(request) => &request.queue_url,
            Self::ChangeMessageVisibilityBatch(request) => &request.queue_url,
        };
        names::of_url(url).map(Some)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body)
        .map_err(|error| Fault::new(FaultKind::Malformed, format!("The body is not what the operation takes: {error}")))
}
