//! How large a value is: what an operation will make is refused before it is made.

use starlark::values::{Value, dict::DictRef, list::ListRef, tuple::TupleRef};

/// What one item of a list or tuple takes.
pub(super) const SLOT_BYTES: usize = 8;
/// Deeper values are refused: what the interpreter does with them is recursive.
pub(super) const DEPTH: usize = 100;

/// Bytes that the value itself takes: of a text its length, of a list or tuple its slots.
pub(super) fn shallow_bytes(value: Value<'_>) -> usize {
    if let Some(text) = value.unpack_str() {
        text.len()
    } else if let Some(list) = ListRef::from_value(value) {
        list.len() * SLOT_BYTES
    } else if let Some(tuple) = TupleRef::from_value(value) {
        tuple.len() * SLOT_BYTES
    } else {
        0
    }
}

/// Entries of a dict, or items of a list that a dict is made from.
pub(super) fn entries(value: Value<'_>) -> usize {
    match DictRef::from_value(value) {
        Some(dict) => dict.len(),
        None => shallow_bytes(value) / SLOT_BYTES,
    }
}

/// Bytes that the value takes as text, or `None` when they are more than `limit` or the value nests too deep.
///
/// Shared parts count each time they are met, so a small value that is a huge text is found out after `limit` visits.
pub(super) fn text_bytes(value: Value<'_>, limit: usize) -> Option<usize> {
    let mut total = 0_usize;
    add_text_bytes(value, limit, 0, &mut total).then_some(total)
}

fn add_text_bytes(value: Value<'_>, limit: usize, depth: usize, total: &mut usize) -> bool {
    // 4 bytes for brackets, quotes, separator; a number takes more, but numbers are no danger.
    *total = total.saturating_add(4);
    if let Some(text) = value.unpack_str() {
        *total = total.saturating_add(text.len());
        return *total <= limit;
    }
    if *total > limit || depth > DEPTH {
        return false;
    }
    let mut go = |value| add_text_bytes(value, limit, depth + 1, total);
    if let Some(list) = ListRef::from_value(value) {
        list.iter().all(go)
    } else if let Some(tuple) = TupleRef::from_value(value) {
        tuple.iter().all(go)
    } else if let Some(dict) = DictRef::from_value(value) {
        dict.iter().all(|(key, value)| go(key) && go(value))
    } else {
        true
    }
}
