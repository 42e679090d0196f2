//! Killed in the middle of its work, the table keeps what it acknowledged, and never half of anything.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use futures::future::join_all;
use kraken_engines::clock;
use kraken_engines::dynamodb::DynamoDb;

use super::table::{TABLE, create, get, item, key, n, number, reopen, s};
use crate::killed::{self, acknowledge};

/// Items in each transaction, beside the counter it raises.
const PARTS: usize = 4;

async fn write(client: &Client, name: &str) {
    let puts = (0..PARTS).map(|part| {
        let attributes = [("group", s("g")), ("name", s(name))];
        let put = Put::builder().table_name(TABLE).set_item(Some(item(name, &part.to_string(), attributes)));
        TransactWriteItem::builder().put(put.build().unwrap()).build()
    });
    let count = Update::builder()
        .table_name(TABLE)
        .set_key(Some(key("all", "count")))
        .update_expression("ADD tally :one")
        .expression_attribute_values(":one", n(1))
        .build()
        .unwrap();
    let count = TransactWriteItem::builder().update(count).build();
    let items = puts.chain([count]).collect();
    client.transact_write_items().set_transact_items(Some(items)).send().await.unwrap();
}

#[test]
#[ignore = "the child that is killed in what_was_acknowledged_survives_a_kill"]
fn writer() {
    let directory = killed::directory();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let engine = DynamoDb::open(&directory, clock::system()).unwrap();
        let client = engine.client();
        let process = std::process::id();
        let writers = (0..8).map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                for step in 0.. {
                    let name = format!("{process}-{writer}-{step}");
                    write(&client, &name).await;
                    acknowledge(name);
                }
            })
        });
        join_all(writers).await;
    });
}

/// Every named item of the table with the number of its parts, through the table and through the index.
async fn found(client: &Client) -> (BTreeMap<String, usize>, usize) {
    let mut parts = BTreeMap::new();
    let mut pages = client.scan().table_name(TABLE).into_paginator().items().send();
    while let Some(item) = pages.next().await {
        let item = item.unwrap();
        if item.contains_key("name") {
            *parts.entry(item["pk"].as_s().unwrap().clone()).or_default() += 1;
        }
    }
    let indexed = client
        .query()
        .table_name(TABLE)
        .index_name(super::table::BY_NAME)
        .key_condition_expression("#group = :group")
        .expression_attribute_names("#group", "group")
        .expression_attribute_values(":group", s("g"))
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap();
    (parts, indexed.len())
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    create(&reopen(directory.path())).await;
    let mut acknowledged = BTreeSet::new();
    for round in 1..=4 {
        let path = directory.path().to_owned();
        let child = "dynamodb::durability::writer";
        let more = tokio::task::spawn_blocking(move || killed::run_and_kill(child, &path, 37 * round)).await.unwrap();
        acknowledged.extend(more);

        let client = reopen(directory.path());
        let (parts, indexed) = found(&client).await;
        let lost: Vec<_> = acknowledged.iter().filter(|name| !parts.contains_key(*name)).collect();
        assert!(lost.is_empty(), "acknowledged, but gone: {lost:?}");
        assert!(parts.values().all(|count| *count == PARTS), "half transactions: {parts:?}");
        assert_eq!(indexed, parts.len() * PARTS, "the index differs from the table");
        let total = number(&get(&client, "all", "count").await.unwrap(), "tally");
        assert_eq!(total, i64::try_from(parts.len()).unwrap(), "the counter differs from the items");
    }
}
