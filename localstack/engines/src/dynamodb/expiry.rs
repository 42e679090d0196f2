//! Removes items past their time to live. AWS does that by itself, within days; here the host calls for it.
//!
//! Invariant: an item goes only if it is still expired at the moment of its removal, and a sweep holds the store no
//! longer than one page.

use std::collections::HashMap;

use dynoxide::actions::{delete_item, scan};
use dynoxide::errors::DynoxideError;
use dynoxide::storage::{Storage, TableMetadata};
use dynoxide::types::{AttributeValue, Item};
use serde::Deserialize;

use super::operations::settle;
use super::thread::Access;
use super::{DynamoDb, DynamoDbError};

/// Items looked at before others get their turn.
const PAGE: usize = 64;

impl DynamoDb {
    /// Removes the items whose time to live is over, in every table that has one, and says how many went.
    ///
    /// Reads each such table wholly, in small pages: call it every few hours, not every minute.
    pub async fn sweep_expired(&self) -> Result<usize, DynamoDbError> {
        let sweep = async {
            let tables = self.thread.run(Access::Read, Storage::list_ttl_enabled_tables).await?;
            let mut removed = 0;
            for table in &tables {
                removed += self.sweep_table(table).await?;
            }
            Ok(removed)
        };
        sweep.await.map_err(|error: DynoxideError| DynamoDbError::Sweep(error.to_string()))
    }

    async fn sweep_table(&self, table: &TableMetadata) -> Result<usize, DynoxideError> {
        let expired = Expired::of(table, (self.now)().as_second())?;
        let mut removed = 0;
        let mut start = None;
        loop {
            let (looking, removing) = (expired.clone(), expired.clone());
            let page = self.thread.run(Access::Read, move |storage| looking.page(storage, start)).await?;
            if let Some(keys) = page.items.filter(|keys| !keys.is_empty()) {
                removed += self.thread.run(Access::Write, move |storage| removing.remove(storage, keys)).await?;
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(removed);
            }
        }
    }
}

/// The condition of being expired in one table.
#[derive(Clone)]
struct Expired {
    table: String,
    keys: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// As DynamoDB has it: a number, in seconds; anything else never expires.
const CONDITION: &str = "attribute_type(#ttl, :number) AND #ttl < :now";

#[derive(Deserialize)]
struct KeyElement {
    #[serde(rename = "AttributeName")]
    name: String,
}

impl Expired {
    fn of(table: &TableMetadata, now: i64) -> Result<Self, DynoxideError> {
        let keys: Vec<KeyElement> =
            serde_json::from_str(&table.key_schema).map_err(|error| DynoxideError::InternalServerError(format!("key schema: {error}")))?;
        let attribute = table.ttl_attribute.clone().unwrap_or_default();
        Ok(Self {
            table: table.table_name.clone(),
            keys: keys.into_iter().map(|key| key.name).collect(),
            names: HashMap::from([("#ttl".into(), attribute)]),
            values: HashMap::from([(":now".into(), AttributeValue::N(now.to_string())), (":number".into(), AttributeValue::S("N".into()))]),
        })
    }

    fn page(&self, storage: &Storage, start: Option<Item>) -> Result<scan::ScanResponse, DynoxideError> {
        let request = scan::ScanRequest {
            table_name: self.table.clone(),
            filter_expression: Some(CONDITION.into()),
            expression_attribute_names: Some(self.names.clone()),
            expression_attribute_values: Some(self.values.clone()),
            limit: Some(PAGE),
            exclusive_start_key: start,
            ..Default::default()
        };
        settle(scan::execute(storage, request))
    }

    fn remove(&self, storage: &Storage, items: Vec<Item>) -> Result<usize, DynoxideError> {
        let mut removed = 0;
        for mut item in items {
            let key = self.keys.iter().filter_map(|name| item.remove_entry(name)).collect();
            let request = delete_item::DeleteItemRequest {
                table_name: self.table.clone(),
                key,
                condition_expression: Some(CONDITION.into()),
                expression_attribute_names: Some(self.names.clone()),
                expression_attribute_values: Some(self.values.clone()),
                ..Default::default()
            };
            match settle(delete_item::execute(storage, request)) {
                Ok(_) => removed += 1,
                // Prolonged or removed since the page was read.
                Err(DynoxideError::ConditionalCheckFailedException(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(removed)
    }
}
