//! What the table says of a single write: somebody else was faster, or not.

#![allow(clippy::unwrap_used)]

use aws_sdk_dynamodb::{error::ErrorMetadata, types::error::TransactionConflictException};

use super::*;

#[test]
fn a_write_alone_that_meets_a_transaction_is_to_be_decided_again() {
    let key = crate::keys::sequence("01kjm8p00000000000000000b1".parse().unwrap());
    let conflict = || TransactionConflictException::builder().build();
    let put = SdkError::service_error(PutItemError::TransactionConflictException(conflict()), ());
    assert!(refused_or("PutItem", key.clone(), put, put_refused).refused(&key));
    let delete = SdkError::service_error(DeleteItemError::TransactionConflictException(conflict()), ());
    assert!(refused_or("DeleteItem", key.clone(), delete, delete_refused).refused(&key));
}

#[test]
fn another_call_that_meets_a_transaction_may_go_through_later() {
    let named = ErrorMetadata::builder().code("TransactionConflictException").build();
    let said = TransactionConflictException::builder().meta(named).build();
    let error = SdkError::service_error(PutItemError::TransactionConflictException(said), ());
    assert!(failed("UpdateItem", error).is_passing());
}
