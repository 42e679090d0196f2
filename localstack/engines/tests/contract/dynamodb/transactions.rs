//! Transactions: all of it or nothing, with a reason for each item.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Get, Put, TransactGetItem, TransactWriteItem, Update};

use super::table::{TABLE, Table, item, key, n, number, s};

fn put_new(pk: &str, sk: &str) -> TransactWriteItem {
    let put = Put::builder()
        .table_name(TABLE)
        .set_item(Some(item(pk, sk, [("ver", n(1))])))
        .condition_expression("attribute_not_exists(pk)")
        .build()
        .unwrap();
    TransactWriteItem::builder().put(put).build()
}

fn add(pk: &str, sk: &str, by: i64) -> TransactWriteItem {
    let update = Update::builder()
        .table_name(TABLE)
        .set_key(Some(key(pk, sk)))
        .update_expression("ADD ver :by")
        .expression_attribute_values(":by", n(by))
        .build()
        .unwrap();
    TransactWriteItem::builder().update(update).build()
}

fn check(pk: &str, sk: &str, ver: i64) -> TransactWriteItem {
    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .set_key(Some(key(pk, sk)))
        .condition_expression("ver = :ver")
        .expression_attribute_values(":ver", n(ver))
        .build()
        .unwrap();
    TransactWriteItem::builder().condition_check(check).build()
}

fn delete(pk: &str, sk: &str) -> TransactWriteItem {
    let delete = Delete::builder().table_name(TABLE).set_key(Some(key(pk, sk))).build().unwrap();
    TransactWriteItem::builder().delete(delete).build()
}

#[tokio::test]
async fn all_four_kinds_of_action_are_done_together() {
    let table = Table::new().await;
    table.put(item("agent#1", "state", [("ver", n(3))])).await;
    table.put(item("todo", "job#1", [])).await;
    table
        .client
        .transact_write_items()
        .transact_items(check("agent#1", "state", 3))
        .transact_items(put_new("job#1", "state"))
        .transact_items(add("flow#1", "counters", 1))
        .transact_items(delete("todo", "job#1"))
        .send()
        .await
        .unwrap();
    assert_eq!(number(&table.get("job#1", "state").await.unwrap(), "ver"), 1);
    assert_eq!(number(&table.get("flow#1", "counters").await.unwrap(), "ver"), 1);
    assert_eq!(table.get("todo", "job#1").await, None);
}

#[tokio::test]
async fn one_refused_condition_refuses_all_and_says_which() {
    let table = Table::new().await;
    table.put(item("agent#1", "state", [("ver", n(3))])).await;
    table.put(item("agent#2", "state", [])).await;
    table.put(item("todo", "job#1", [("group", s("g")), ("name", s("a"))])).await;
    let refused = table
        .client
        .transact_write_items()
        .transact_items(add("flow#1", "counters", 1))
        .transact_items(check("agent#1", "state", 2))
        .transact_items(delete("todo", "job#1"))
        .transact_items(put_new("agent#2", "state"))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let TransactWriteItemsError::TransactionCanceledException(refused) = refused else { panic!("{refused:?}") };
    let codes: Vec<_> = refused.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed", "None", "ConditionalCheckFailed"]);
    assert_eq!(table.get("flow#1", "counters").await, None);
    assert!(table.get("todo", "job#1").await.is_some());
    assert_eq!(table.index(super::table::BY_NAME, "g").await, ["job#1"]);
}

#[tokio::test]
async fn an_item_may_take_part_only_once() {
    let table = Table::new().await;
    let refused =
        table.client.transact_write_items().transact_items(add("a", "b", 1)).transact_items(add("a", "b", 1)).send().await.unwrap_err();
    assert_eq!(refused.into_service_error().code(), Some("ValidationException"));
    assert_eq!(table.get("a", "b").await, None);
}

#[tokio::test]
async fn a_transaction_of_a_hundred_items_is_done() {
    let table = Table::new().await;
    let items = (0..100).map(|index| put_new("many", &format!("{index:03}"))).collect();
    table.client.transact_write_items().set_transact_items(Some(items)).send().await.unwrap();
    assert!(table.get("many", "099").await.is_some());
}

#[tokio::test]
async fn a_transactional_read_sees_one_moment() {
    let table = Table::new().await;
    let get = |sk: &str| {
        let get = Get::builder().table_name(TABLE).set_key(Some(key("pair", sk))).build().unwrap();
        TransactGetItem::builder().get(get).build()
    };
    let writer = {
        let client = table.client.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                let both = client.transact_write_items();
                both.transact_items(add("pair", "a", 1)).transact_items(add("pair", "b", 1)).send().await.unwrap();
            }
        })
    };
    while !writer.is_finished() {
        let read = table.client.transact_get_items().transact_items(get("a")).transact_items(get("b"));
        let read = read.send().await.unwrap();
        let seen: Vec<_> = read.responses().iter().map(|one| one.item().map(|item| number(item, "ver"))).collect();
        assert_eq!(seen[0], seen[1]);
    }
    writer.await.unwrap();
}
