//! Places in a document, by JSON pointer (RFC 6901). As stages write them, `/` alone is the whole document.

use serde_json::{Map, Value};

use super::{DATA_DEPTH_MAX, InvalidData, kind_of, shortened};

/// The names on the way to a place; none for the whole document.
///
/// # Errors
/// [`InvalidData::Pointer`].
pub(super) fn names_of(pointer: &str) -> Result<Vec<String>, InvalidData> {
    if pointer.is_empty() || pointer == "/" {
        return Ok(Vec::new());
    }
    let wrong = |why| Err(InvalidData::Pointer { pointer: shortened(pointer), why });
    let Some(names) = pointer.strip_prefix('/') else { return wrong("expected a slash at its beginning, as in /a/b") };
    if names.split('/').count() > DATA_DEPTH_MAX {
        return wrong("it goes deeper than a document may");
    }
    let mut parts = names.split('~').skip(1);
    if !parts.all(|part| part.starts_with(['0', '1'])) {
        return wrong("after a ~ expected 0 (for ~) or 1 (for /)");
    }
    Ok(names.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect())
}

/// What is at `pointer`; `None`: nothing.
///
/// # Errors
/// [`InvalidData::Pointer`].
pub fn found_at<'v>(document: &'v Value, pointer: &str) -> Result<Option<&'v Value>, InvalidData> {
    let names = names_of(pointer)?;
    Ok(names.iter().try_fold(document, |place, name| match place {
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => items.get(index(name)?),
        _ => None,
    }))
}

/// Puts `value` at `pointer`. Objects on the way are made where there is nothing; `-` as the place in a list is the one after its last.
pub(super) fn put(document: &mut Value, pointer: &str, value: Value) -> Result<(), InvalidData> {
    let mut place = document;
    for name in &names_of(pointer)? {
        place = inside(place, name).map_err(|why| InvalidData::NoPlace { pointer: shortened(pointer), why })?;
    }
    *place = value;
    Ok(())
}

/// The place called `name` in `place`, made if it is not there.
fn inside<'v>(place: &'v mut Value, name: &str) -> Result<&'v mut Value, String> {
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    match place {
        Value::Object(fields) => Ok(fields.entry(name).or_insert(Value::Null)),
        Value::Array(items) => {
            let length = items.len();
            let at = if name == "-" { Some(length) } else { index(name) };
            let at = at.filter(|at| *at <= length);
            let at = at.ok_or_else(|| format!("{:?} is no place in a list of {length}: expected 0 to {length}, or -", shortened(name)))?;
            if at == length {
                items.push(Value::Null);
            }
            Ok(&mut items[at])
        }
        other => Err(format!("{:?} would be in {}", shortened(name), kind_of(other))),
    }
}

/// As the RFC has it: no sign, no zeros before others.
fn index(name: &str) -> Option<usize> {
    let plain = name == "0" || !name.starts_with(['0', '+']);
    name.parse().ok().filter(|_| plain)
}
