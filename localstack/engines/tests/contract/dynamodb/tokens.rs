//! A transaction that is sent twice with one token is done once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;

use super::table::{TABLE, Table, key, n, number};

async fn add(table: &Table, token: &str, by: i64) -> Result<(), TransactWriteItemsError> {
    let update = Update::builder()
        .table_name(TABLE)
        .set_key(Some(key("counter", "one")))
        .update_expression("ADD tally :by")
        .expression_attribute_values(":by", n(by))
        .build()
        .unwrap();
    let transaction = table.client.transact_write_items().client_request_token(token);
    let sent = transaction.transact_items(TransactWriteItem::builder().update(update).build()).send().await;
    sent.map(drop).map_err(aws_sdk_dynamodb::error::SdkError::into_service_error)
}

#[tokio::test]
async fn a_token_stands_for_one_transaction_for_ten_minutes() {
    let seconds = Arc::new(AtomicI64::new(1_750_000_000));
    let clock = {
        let seconds = Arc::clone(&seconds);
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap())
    };
    let table = Table::with_clock(clock).await;
    let total = async || number(&table.get("counter", "one").await.unwrap(), "tally");

    add(&table, "flow-1", 1).await.unwrap();
    add(&table, "flow-1", 1).await.unwrap();
    assert_eq!(total().await, 1);

    let refused = add(&table, "flow-1", 2).await.unwrap_err();
    assert!(refused.is_idempotent_parameter_mismatch_exception(), "{refused:?}");
    add(&table, "flow-2", 2).await.unwrap();
    assert_eq!(total().await, 3);

    seconds.fetch_add(601, Ordering::Relaxed);
    add(&table, "flow-1", 1).await.unwrap();
    assert_eq!(total().await, 4);
}
