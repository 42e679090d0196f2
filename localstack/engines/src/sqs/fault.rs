//! Refusals of single requests, with the names SQS gives them.
//!
//! Each has two names: the shape of the JSON protocol (`com.amazonaws.sqs#QueueDoesNotExist`) and the code of the
//! older query protocol, sent along in `x-amzn-query-error` (`AWS.SimpleQueueService.NonExistentQueue`). SDKs decide
//! by the second.

use crate::group_commit::Unavailable;

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    QueueDoesNotExist,
    QueueNameExists,
    ReceiptHandleIsInvalid,
    MessageNotInflight,
    InvalidAddress,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
    UnsupportedOperation,
    UnknownOperation,
    Malformed,
    EmptyBatchRequest,
    TooManyEntriesInBatchRequest,
    BatchEntryIdsNotDistinct,
    InvalidBatchEntryId,
    BatchRequestTooLong,
    Internal,
    Unavailable,
}

/// A refusal: the caller should change the request, or, where [`Fault::is_ours`], try again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.query_code())]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) message: String,
}

impl FaultKind {
    /// The name in `__type`, with its namespace.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "com.amazonaws.sqs#QueueDoesNotExist",
            Self::QueueNameExists => "com.amazonaws.sqs#QueueNameExists",
            Self::ReceiptHandleIsInvalid => "com.amazonaws.sqs#ReceiptHandleIsInvalid",
            Self::MessageNotInflight => "com.amazonaws.sqs#MessageNotInflight",
            Self::InvalidAddress => "com.amazonaws.sqs#InvalidAddress",
            Self::InvalidAttributeName => "com.amazonaws.sqs#InvalidAttributeName",
            Self::InvalidAttributeValue => "com.amazonaws.sqs#InvalidAttributeValue",
            Self::InvalidMessageContents => "com.amazonaws.sqs#InvalidMessageContents",
            Self::InvalidParameterValue => "com.amazon.coral.service#InvalidParameterValueException",
            Self::MissingParameter => "com.amazon.coral.service#MissingRequiredParameterException",
            Self::UnsupportedOperation => "com.amazonaws.sqs#UnsupportedOperation",
            Self::UnknownOperation => "com.amazon.coral.service#UnknownOperationException",
            Self::Malformed => "com.amazon.coral.service#SerializationException",
            Self::EmptyBatchRequest => "com.amazonaws.sqs#EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest => "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct => "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "com.amazonaws.sqs#InvalidBatchEntryId",
            Self::BatchRequestTooLong => "com.amazonaws.sqs#BatchRequestTooLong",
            Self::Internal => "com.amazon.coral.service#InternalFailure",
            Self::Unavailable => "com.amazon.coral.service#ServiceUnavailableException",
        }
    }

    /// The code of the query protocol, also used for the entries of a batch.
    pub(crate) fn query_code(self) -> &'static str {
        match self {
            Self::QueueDoesNotExist => "AWS.SimpleQueueService.NonExistentQueue",
            Self::QueueNameExists => "QueueAlreadyExists",
            Self::MessageNotInflight => "AWS.SimpleQueueService.MessageNotInflight",
            Self::MissingParameter => "MissingParameter",
            Self::InvalidParameterValue => "InvalidParameterValue",
            Self::UnsupportedOperation => "AWS.SimpleQueueService.UnsupportedOperation",
            Self::UnknownOperation => "InvalidAction",
            Self::EmptyBatchRequest => "AWS.SimpleQueueService.EmptyBatchRequest",
            Self::TooManyEntriesInBatchRequest => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            Self::BatchEntryIdsNotDistinct => "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            Self::InvalidBatchEntryId => "AWS.SimpleQueueService.InvalidBatchEntryId",
            Self::BatchRequestTooLong => "AWS.SimpleQueueService.BatchRequestTooLong",
            Self::Internal => "InternalFailure",
            Self::Unavailable => "ServiceUnavailable",
            // The rest have one name in both protocols.
            other => other.shape().split_once('#').map_or("InternalFailure", |(_, name)| name),
        }
    }
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn no_queue() -> Self {
        Self::new(FaultKind::QueueDoesNotExist, "The specified queue does not exist.")
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new(FaultKind::MissingParameter, format!("The request must contain the parameter {parameter}."))
    }

    pub(crate) fn invalid(parameter: &str, value: impl std::fmt::Display, reason: &str) -> Self {
        Self::new(FaultKind::InvalidParameterValue, format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}"))
    }

    /// Is it the engine's doing, so that the same request may succeed later?
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self.kind, FaultKind::Internal | FaultKind::Unavailable)
    }

    pub(crate) fn status(&self) -> http::StatusCode {
        match self.kind {
            FaultKind::Internal => http::StatusCode::INTERNAL_SERVER_ERROR,
            FaultKind::Unavailable => http::StatusCode::SERVICE_UNAVAILABLE,
            _ => http::StatusCode::BAD_REQUEST,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "a queue request failed in the database");
        Self::new(FaultKind::Internal, "The queue storage failed; the log of the server has the cause.")
    }
}

impl From<Unavailable> for Fault {
    fn from(_: Unavailable) -> Self {
        Self::new(FaultKind::Unavailable, "The queue storage is not available. Try again.")
    }
}
