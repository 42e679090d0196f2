//! What can go wrong between the control plane and its table, and what to do about it.

use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The table did not answer, or asked for patience: the same call may go through later.
    #[error("the table does not answer: {0}")]
    Unavailable(String),
    /// The table refused the call as such; repeating it will not help.
    #[error("the table refused {operation}: {detail}")]
    Refused {
        /// What was called.
        operation: &'static str,
        /// What it said.
        detail: String,
    },
    /// A stored record cannot be understood: written by a later version, or damaged.
    #[error("the record {key} cannot be read as {kind}: {detail}")]
    Unreadable {
        /// Where it is.
        key: String,
        /// What it should be.
        kind: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// A record is larger than an item may be.
    #[error("the record {key} has {bytes} bytes: at most {limit} are stored in the table")]
    TooLarge {
        /// Where it would be.
        key: String,
        /// Its size.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// A cursor that this list did not give out.
    #[error("the cursor {0:?} is not one that this list gave out")]
    Cursor(String),
}

impl StoreError {
    /// Whether the same call may go through later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

const PASSING: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "InternalServerError",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ServiceUnavailable",
];

/// Maps what the SDK says of `operation`.
pub(crate) fn failed<E, R>(operation: &'static str, error: SdkError<E, R>) -> StoreError
where
    E: std::error::Error + aws_sdk_dynamodb::error::ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    let passing = match &error {
        SdkError::ServiceError(service) => service.err().code().is_some_and(|code| PASSING.contains(&code)),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        _ => false,
    };
    let detail = DisplayErrorContext(&error).to_string();
    if passing { StoreError::Unavailable(format!("{operation}: {detail}")) } else { StoreError::Refused { operation, detail } }
}
