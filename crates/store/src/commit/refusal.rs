//! What the table says of a commit that did nothing: somebody else was faster, or the table failed.

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{delete_item::DeleteItemError, put_item::PutItemError, transact_write_items::TransactWriteItemsError},
};

use super::CommitError;
use crate::{Key, StoreError, error::failed};

/// A write alone that meets a transaction is refused like one whose condition failed: the record is being changed by somebody else.
pub(super) fn put_refused(error: &PutItemError) -> bool {
    error.is_conditional_check_failed_exception() || error.is_transaction_conflict_exception()
}

/// The same of a removal.
pub(super) fn delete_refused(error: &DeleteItemError) -> bool {
    error.is_conditional_check_failed_exception() || error.is_transaction_conflict_exception()
}

pub(super) fn refused_or<E, R>(operation: &'static str, key: Key, error: SdkError<E, R>, is_refusal: impl Fn(&E) -> bool) -> CommitError
where
    E: std::error::Error + aws_sdk_dynamodb::error::ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match &error {
        SdkError::ServiceError(service) if is_refusal(service.err()) => CommitError::Refused(vec![key]),
        _ => failed(operation, error).into(),
    }
}

/// Two transactions that meet on one item are refused by the table in the same way as a failed condition: both mean that
/// the record is being changed by somebody else.
pub(super) fn cancelled<R: std::fmt::Debug>(keys: &[Key], error: SdkError<TransactWriteItemsError, R>) -> CommitError {
    if let SdkError::ServiceError(service) = &error
        && let TransactWriteItemsError::TransactionCanceledException(cancelled) = service.err()
    {
        let reasons = cancelled.cancellation_reasons();
        let changed =
            reasons.iter().zip(keys).filter(|(reason, _)| matches!(reason.code(), Some("ConditionalCheckFailed" | "TransactionConflict")));
        let changed: Vec<Key> = changed.map(|(_, key)| key.clone()).collect();
        if !changed.is_empty() {
            return CommitError::Refused(changed);
        }
        if reasons.iter().any(|reason| matches!(reason.code(), Some("ThrottlingError" | "ProvisionedThroughputExceeded"))) {
            return StoreError::Unavailable("TransactWriteItems: throttled".into()).into();
        }
    }
    failed("TransactWriteItems", error).into()
}

#[cfg(test)]
mod tests;
