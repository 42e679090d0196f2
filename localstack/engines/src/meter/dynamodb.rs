//! What a call takes of the table, in request units.
//!
//! The engine knows, as the service does, if it is asked: `ReturnConsumedCapacity`. Only of a call that was refused nobody says what it
//! took, although it is billed: that is counted here, by the rules of the service
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>): a refused write takes what the write
//! would have taken of the table, at least one unit for each item, twice that in a transaction.

use serde_json::Value;

use super::Units;

/// Bytes of a write request unit.
const WRITE_UNIT: usize = 1024;
/// Operations that read.
const READS: [&str; 5] = ["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"];

/// The request, asking also for what it takes. One that cannot be read stays as it is.
pub(crate) fn asking(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut request)) => {
            request.insert("ReturnConsumedCapacity".to_owned(), "TOTAL".into());
            serde_json::to_vec(&request).unwrap_or_else(|_| body.to_vec())
        }
        _ => body.to_vec(),
    }
}

/// What the call took, how many items it was about, and the key of the first.
pub(crate) fn priced(operation: &str, request: &[u8], answer: &[u8], failed: bool) -> (Units, usize, String) {
    let request: Value = serde_json::from_slice(request).unwrap_or_default();
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let units = if failed { refused(operation, &request) } else { consumed(&answer) };
    let is_read = READS.contains(&operation);
    let units = if is_read { Units { read: units, write: 0.0 } } else { Units { read: 0.0, write: units } };
    let (items, about) = items(operation, &request, &answer);
    (units, items, about)
}

/// The sum over all tables of an answer.
fn consumed(answer: &Value) -> f64 {
    let of = |capacity: &Value| capacity.get("CapacityUnits").and_then(Value::as_f64).unwrap_or_default();
    match answer.get("ConsumedCapacity") {
        Some(Value::Array(tables)) => tables.iter().map(of).sum(),
        Some(table) => of(table),
        None => 0.0,
    }
}

fn refused(operation: &str, request: &Value) -> f64 {
    let of = |write: &Value| write.get("Item").map_or(1.0, |item| write_units(item_size(item)));
    match operation {
        "TransactWriteItems" => actions(request).map(|action| 2.0 * of(action)).sum(),
        "PutItem" | "UpdateItem" | "DeleteItem" => of(request),
        "GetItem" | "Query" => 0.5,
        _ => 0.0,
    }
}

/// The puts, updates, deletes and checks of a transaction.
fn actions(request: &Value) -> impl Iterator<Item = &Value> {
    let items = request.get("TransactItems").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_object()?.values().next())
}

fn items(operation: &str, request: &Value, answer: &Value) -> (usize, String) {
    match operation {
        "TransactWriteItems" => (actions(request).count(), actions(request).next().map(key).unwrap_or_default()),
        "Query" | "Scan" => {
            let found = answer.get("Items").and_then(Value::as_array).map_or(0, Vec::len);
            (found, request.get("IndexName").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        "BatchGetItem" => {
            let tables = answer.get("Responses").and_then(Value::as_object).into_iter().flat_map(|tables| tables.values());
            (tables.filter_map(Value::as_array).map(Vec::len).sum(), String::new())
        }
        _ => (1, key(request)),
    }
}

/// `pk / sk` of a single write or read.
fn key(of: &Value) -> String {
    let from = of.get("Key").or_else(|| of.get("Item"));
    let part = |name: &str| from.and_then(|key| key.pointer(&format!("/{name}/S"))).and_then(Value::as_str).unwrap_or_default();
    format!("{} / {}", part("pk"), part("sk"))
}

fn write_units(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes.div_ceil(WRITE_UNIT).max(1)).unwrap_or(u32::MAX))
}

/// Bytes of an item: its attributes' names and values
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>).
fn item_size(item: &Value) -> usize {
    item.as_object().into_iter().flatten().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, held)) = value.as_object().and_then(|value| value.iter().next()) else { return 0 };
    match (kind.as_str(), held) {
        ("S", Value::String(text)) => text.len(),
        // One byte for two digits, and one more.
        ("N", Value::String(digits)) => digits.trim_start_matches('-').len().div_ceil(2) + 1,
        ("B", Value::String(base64)) => base64.len() / 4 * 3,
        ("M", held) => 3 + item_size(held) + held.as_object().map_or(0, serde_json::Map::len),
        ("L", Value::Array(held)) => 3 + held.iter().map(|value| value_size(value) + 1).sum::<usize>(),
        (_, Value::Array(set)) => set.iter().filter_map(Value::as_str).map(str::len).sum(),
        _ => 1,
    }
}
