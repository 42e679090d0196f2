//! Prints what one operation of the embedded table costs through the SDK: p50 and p99 of each, and the throughput of
//! conditional puts that come 64 at a time.
//!
//! `cargo run -p kraken-engines --example dynamodb_latency -- [DIRECTORY]`; the directory decides which disk is asked.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, Put,
    ScalarAttributeType, TransactWriteItem,
};
use kraken_engines::clock;
use kraken_engines::dynamodb::DynamoDb;

const ROUNDS: usize = 2000;

type Item = HashMap<String, AttributeValue>;

#[tokio::main]
async fn main() {
    let scratch = tempfile::tempdir().unwrap();
    let directory = std::env::args_os().nth(1).map_or_else(|| scratch.path().to_owned(), Into::into);
    let engine = DynamoDb::open(&directory, clock::system()).unwrap();
    let client = engine.client();
    create(&client).await;

    println!("{:<28}{:>10}{:>10}", "", "p50 ms", "p99 ms");
    measure("PutItem if absent", async |index| put_new(&client, &format!("item#{index}")).await).await;
    measure("PutItem, refused", async |index| put_refused(&client, &format!("item#{index}")).await).await;
    measure("GetItem", async |index| get(&client, &format!("item#{index}")).await).await;
    measure("UpdateItem ADD", async |_| add(&client).await).await;
    measure("Query index, 20 items", async |_| query(&client).await).await;
    measure("TransactWriteItems of 4", async |index| transact(&client, index).await).await;

    let started = Instant::now();
    let writers = (0..64).map(|writer| {
        let client = client.clone();
        tokio::spawn(async move {
            for step in 0..100 {
                put_new(&client, &format!("many#{writer}#{step}")).await;
            }
        })
    });
    futures::future::join_all(writers).await;
    println!("PutItem, 64 at a time: {:.0}/s", 6400.0 / started.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
}

async fn measure(what: &str, work: impl AsyncFn(usize)) {
    let mut times = Vec::with_capacity(ROUNDS);
    for index in 0..ROUNDS {
        let started = Instant::now();
        work(index).await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("{what:<28}{:>10.3}{:>10.3}", ms(times[ROUNDS / 2]), ms(times[ROUNDS * 99 / 100]));
}

fn key(pk: &str) -> Item {
    HashMap::from([("pk".into(), AttributeValue::S(pk.into())), ("sk".into(), AttributeValue::S("state".into()))])
}

/// About what a job looks like: 600 bytes, in one index.
fn item(pk: &str) -> Item {
    let mut item = key(pk);
    for name in ["flow", "run", "stage", "agent", "lease", "outcome"] {
        item.insert(name.into(), AttributeValue::S(format!("{name}-0123456789abcdefghijklmnopqrstuvwxyz-0123456789-{pk}")));
    }
    item.insert("group".into(), AttributeValue::S("queue".into()));
    item.insert("due".into(), AttributeValue::N("1753000000123".into()));
    item
}

async fn put_new(client: &Client, pk: &str) {
    let put = client.put_item().table_name("bench").set_item(Some(item(pk)));
    put.condition_expression("attribute_not_exists(pk)").send().await.unwrap();
}

async fn put_refused(client: &Client, pk: &str) {
    let put = client.put_item().table_name("bench").set_item(Some(item(pk)));
    put.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
}

async fn get(client: &Client, pk: &str) {
    let found = client.get_item().table_name("bench").set_key(Some(key(pk))).consistent_read(true).send().await.unwrap();
    assert!(found.item.is_some());
}

async fn add(client: &Client) {
    let update = client.update_item().table_name("bench").set_key(Some(key("counter"))).update_expression("ADD tally :one");
    update.expression_attribute_values(":one", AttributeValue::N("1".into())).send().await.unwrap();
}

async fn query(client: &Client) {
    let query = client.query().table_name("bench").index_name("by_due").key_condition_expression("#g = :g AND due <= :now");
    let query = query.expression_attribute_names("#g", "group").expression_attribute_values(":g", AttributeValue::S("queue".into()));
    let found = query.expression_attribute_values(":now", AttributeValue::N("1753000000123".into())).limit(20).send().await.unwrap();
    assert_eq!(found.items().len(), 20);
}

async fn transact(client: &Client, index: usize) {
    let put = |part| {
        let put = Put::builder().table_name("bench").set_item(Some(item(&format!("transaction#{index}#{part}"))));
        TransactWriteItem::builder().put(put.condition_expression("attribute_not_exists(pk)").build().unwrap()).build()
    };
    client.transact_write_items().set_transact_items(Some((0..4).map(put).collect())).send().await.unwrap();
}

async fn create(client: &Client) {
    let attribute = |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap();
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by_due")
        .set_key_schema(Some(vec![element("group", KeyType::Hash), element("due", KeyType::Range)]))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap();
    client
        .create_table()
        .table_name("bench")
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(vec![element("pk", KeyType::Hash), element("sk", KeyType::Range)]))
        .set_attribute_definitions(Some(vec![
            attribute("pk", ScalarAttributeType::S),
            attribute("sk", ScalarAttributeType::S),
            attribute("group", ScalarAttributeType::S),
            attribute("due", ScalarAttributeType::N),
        ]))
        .global_secondary_indexes(index)
        .send()
        .await
        .unwrap();
}
