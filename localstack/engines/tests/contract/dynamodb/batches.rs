//! Batches and what the host asks of the table as a whole.

use aws_sdk_dynamodb::types::{DeleteRequest, KeysAndAttributes, PutRequest, TableStatus, WriteRequest};

use super::table::{BY_DUE, BY_NAME, TABLE, Table, item, key, n, try_create};

#[tokio::test]
async fn a_batch_writes_and_reads_many_items() {
    let table = Table::new().await;
    table.put(item("batch", "old", [])).await;
    let put = |index: usize| {
        let put = PutRequest::builder().set_item(Some(item("batch", &index.to_string(), [("ver", n(index))])));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    let delete = DeleteRequest::builder().set_key(Some(key("batch", "old"))).build().unwrap();
    let delete = WriteRequest::builder().delete_request(delete).build();
    let requests = (0..24).map(put).chain([delete]).collect();
    let written = table.client.batch_write_item().request_items(TABLE, requests).send().await.unwrap();
    assert!(written.unprocessed_items().is_none_or(|rest| rest.is_empty()));

    let keys = (0..24).map(|index| key("batch", &index.to_string())).chain([key("batch", "old")]).collect();
    let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build().unwrap();
    let read = table.client.batch_get_item().request_items(TABLE, keys).send().await.unwrap();
    assert_eq!(read.responses().unwrap()[TABLE].len(), 24);
    assert!(read.unprocessed_keys().is_none_or(|rest| rest.is_empty()));
}

#[tokio::test]
async fn a_scan_pages_through_everything() {
    let table = Table::new().await;
    for index in 0..25 {
        table.put(item(&format!("pk{}", index % 4), &index.to_string(), [])).await;
    }
    let scan = table.client.scan().table_name(TABLE).limit(4).into_paginator().items().send();
    let found = scan.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(found.len(), 25);
}

#[tokio::test]
async fn the_table_describes_itself_and_is_made_once() {
    let table = Table::new().await;
    let described = table.client.describe_table().table_name(TABLE).send().await.unwrap();
    let described = described.table().unwrap();
    assert_eq!(described.table_status(), Some(&TableStatus::Active));
    let mut indexes: Vec<_> = described.global_secondary_indexes().iter().filter_map(|index| index.index_name()).collect();
    indexes.sort_unstable();
    assert_eq!(indexes, [BY_DUE, BY_NAME]);

    let again = try_create(&table.client).await.unwrap_err();
    assert!(again.is_resource_in_use_exception(), "{again:?}");
    let absent = table.client.describe_table().table_name("absent").send().await.unwrap_err();
    assert!(absent.into_service_error().is_resource_not_found_exception());
}
