//! A table of its own for each story: two keys, and two sparse indexes over one partition attribute.

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use kraken_engines::clock::{self, Now};
use kraken_engines::dynamodb::DynamoDb;
use tempfile::TempDir;

pub(crate) const TABLE: &str = "things";

/// Sorted by the number `due`.
pub(crate) const BY_DUE: &str = "by_due";

/// Sorted by the string `name`.
pub(crate) const BY_NAME: &str = "by_name";

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) engine: DynamoDb,
    _directory: TempDir,
}

impl Table {
    pub(crate) async fn new() -> Self {
        Self::with_clock(clock::system()).await
    }

    pub(crate) async fn with_clock(now: Now) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let engine = DynamoDb::open(directory.path(), now).unwrap();
        let client = engine.client();
        create(&client).await;
        Self { client, engine, _directory: directory }
    }

    pub(crate) async fn put(&self, item: Item) {
        self.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
    }

    pub(crate) async fn get(&self, pk: &str, sk: &str) -> Option<Item> {
        get(&self.client, pk, sk).await
    }

    /// The sort keys that `index` holds for `group`, in its order.
    pub(crate) async fn index(&self, index: &str, group: &str) -> Vec<String> {
        let found = self
            .client
            .query()
            .table_name(TABLE)
            .index_name(index)
            .key_condition_expression("#group = :group")
            .expression_attribute_names("#group", "group")
            .expression_attribute_values(":group", s(group))
            .send()
            .await
            .unwrap();
        found.items().iter().map(|item| text(item, "sk")).collect()
    }
}

pub(crate) fn reopen(directory: &Path) -> Client {
    DynamoDb::open(directory, clock::system()).unwrap().client()
}

pub(crate) async fn get(client: &Client, pk: &str, sk: &str) -> Option<Item> {
    client.get_item().table_name(TABLE).set_key(Some(key(pk, sk))).consistent_read(true).send().await.unwrap().item
}

pub(crate) async fn create(client: &Client) {
    try_create(client).await.unwrap();
}

pub(crate) async fn try_create(client: &Client) -> Result<(), CreateTableError> {
    let created = client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema("pk", "sk")))
        .set_attribute_definitions(Some(vec![
            attribute("pk", ScalarAttributeType::S),
            attribute("sk", ScalarAttributeType::S),
            attribute("group", ScalarAttributeType::S),
            attribute("due", ScalarAttributeType::N),
            attribute("name", ScalarAttributeType::S),
        ]))
        .global_secondary_indexes(index(BY_DUE, "due"))
        .global_secondary_indexes(index(BY_NAME, "name"))
        .send()
        .await;
    created.map(drop).map_err(SdkError::into_service_error)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap()
}

fn schema(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    vec![element(hash, KeyType::Hash), element(range, KeyType::Range)]
}

fn index(name: &str, range: &str) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(schema("group", range)))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .unwrap()
}

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("pk".into(), s(pk)), ("sk".into(), s(sk))])
}

/// An item with attributes beside its key.
pub(crate) fn item<const N: usize>(pk: &str, sk: &str, attributes: [(&str, AttributeValue); N]) -> Item {
    let mut item = key(pk, sk);
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

pub(crate) fn text(item: &Item, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

pub(crate) fn number(item: &Item, name: &str) -> i64 {
    item[name].as_n().unwrap().parse().unwrap()
}
