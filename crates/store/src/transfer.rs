//! Taking the whole table out, and putting it into a new one, a page at a time. The only place that scans.
//!
//! Invariant: a page stands for itself. It can be read or written again at any time, by any process, with the same result.

mod abandon;
mod import;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

pub use abandon::Imported;

use crate::{Key, Paged, Store, StoreError, cursor::Cursor, entity::Item, error::failed, keys::attribute};

impl Store {
    /// Whether there is nothing in the table that people or agents made, tokens apart.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every call here.
    pub async fn is_new(&self) -> Result<bool, StoreError> {
        Ok(self.projects(1, None).await?.items.is_empty() && self.agents(1, None).await?.items.is_empty())
    }

    /// A page of all items as JSON: texts as texts, numbers as numbers. It ends before the first item that `fits` says no to; the first of
    /// all is always in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export(&self, after: Option<&Cursor>, mut fits: impl FnMut(&Value) -> bool) -> Result<Paged<Value>, StoreError> {
        let key = [attribute::PARTITION, attribute::SORT];
        let start = after.map(|cursor| cursor.any_start_key(&key)).transpose()?;
        let call = self.client.scan().table_name(&*self.table).consistent_read(true).set_exclusive_start_key(start);
        let answer = call.send().await.map_err(|error| failed("Scan", error))?;
        let (mut items, mut last): (_, Option<&Item>) = (Vec::new(), None);
        let read = answer.items.unwrap_or_default();
        for item in &read {
            let mut exported = to_json(item);
            without_seals(&Key::of_item(item), &mut exported)?;
            if !fits(&exported) && last.is_some() {
                let place: Item = key.iter().filter_map(|name| last?.get_key_value(*name)).map(|(k, v)| (k.clone(), v.clone())).collect();
                return Ok(Paged { items, next: Some(Cursor::of(&place)) });
            }
            items.push(exported);
            last = Some(item);
        }
        Ok(Paged { items, next: answer.last_evaluated_key.as_ref().map(Cursor::of) })
    }
}

/// What is sealed opens only in the system that sealed it: elsewhere it is known that there was something, and that it must be set.
fn without_seals(key: &Key, exported: &mut Value) -> Result<(), StoreError> {
    let sealed: &[&[&str]] = match key {
        key if key.is_secret() => &[&["sealed"]],
        key if key.is_webhook() => &[&["keys", "sealed"]],
        key if key.is_settings() => &[&["smtp", "password"], &["slack", "token"], &["slack", "webhook"]],
        _ => return Ok(()),
    };
    let Some(document) = exported.get_mut(attribute::DOCUMENT) else { return Ok(()) };
    let unreadable = |error: serde_json::Error| StoreError::Unreadable {
        key: "(export)".to_owned(),
        kind: "a record with a secret",
        detail: format!("line {}, column {}", error.line(), error.column()),
    };
    let mut record: Value = serde_json::from_str(document.as_str().unwrap_or_default()).map_err(unreadable)?;
    for path in sealed {
        remove(&mut record, path);
    }
    *document = Value::String(record.to_string());
    Ok(())
}

/// Removes the field at the end of `path`, in each element where there is a list on the way.
fn remove(record: &mut Value, path: &[&str]) {
    match (record, path) {
        (Value::Array(elements), path) => elements.iter_mut().for_each(|element| remove(element, path)),
        (Value::Object(fields), [name]) => _ = fields.remove(*name),
        (Value::Object(fields), [name, rest @ ..]) => _ = fields.get_mut(*name).map(|field| remove(field, rest)),
        _ => {}
    }
}

fn to_json(item: &Item) -> Value {
    let value = |attribute: &AttributeValue| match attribute {
        AttributeValue::S(text) => Some(Value::from(text.as_str())),
        AttributeValue::N(number) => serde_json::from_str(number).ok(),
        // The table holds nothing else.
        _ => None,
    };
    let item = item.iter().filter(|(name, _)| *name != attribute::IMPORTED);
    Value::Object(item.filter_map(|(name, attribute)| Some((name.clone(), value(attribute)?))).collect::<Map<_, _>>())
}

fn of_json(exported: &Value) -> Result<Item, StoreError> {
    let unreadable =
        |detail: &str| StoreError::Unreadable { key: "(export)".to_owned(), kind: "an exported item", detail: detail.to_owned() };
    let fields = exported.as_object().ok_or_else(|| unreadable("it is not an object"))?;
    let mut item = HashMap::with_capacity(fields.len());
    for (name, value) in fields {
        let attribute = match value {
            Value::String(text) => AttributeValue::S(text.clone()),
            Value::Number(number) => AttributeValue::N(number.to_string()),
            _ => return Err(unreadable(&format!("its {name} is neither text nor number"))),
        };
        item.insert(name.clone(), attribute);
    }
    let has_key = [attribute::PARTITION, attribute::SORT].iter().all(|name| item.get(*name).is_some_and(AttributeValue::is_s));
    if has_key { Ok(item) } else { Err(unreadable("it has no key")) }
}
