//! How large and how deep a document may be.
//!
//! Depth is looked at first, and no further than it may be: what comes after it can go down by recursion.

use std::io;

use serde_json::Value;

use super::{InvalidData, kind_of};

/// Bytes that a document may have as JSON: it is one record, with room for what else is in it.
pub const DATA_BYTES_MAX: usize = 256 << 10;
/// Levels of lists and objects that a document may have. Less than parsers take: a document travels inside of others.
pub const DATA_DEPTH_MAX: usize = 100;

/// Whether `value` may be a document.
///
/// # Errors
/// [`InvalidData`] says why not.
pub fn check_document(value: &Value) -> Result<(), InvalidData> {
    if !value.is_object() {
        return Err(InvalidData::NotAnObject(kind_of(value)));
    }
    check_extent(value)
}

/// The same for what is not a whole document yet.
pub(super) fn check_extent(value: &Value) -> Result<(), InvalidData> {
    if !fits_into(value, DATA_DEPTH_MAX) {
        return Err(InvalidData::TooDeep);
    }
    let mut room = Room(DATA_BYTES_MAX);
    serde_json::to_writer(&mut room, value).map_err(|_| InvalidData::TooLarge)
}

fn fits_into(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => false,
        Value::Array(items) => items.iter().all(|item| fits_into(item, levels - 1)),
        Value::Object(fields) => fields.values().all(|field| fits_into(field, levels - 1)),
        _ => true,
    }
}

/// Takes so many bytes and no more.
struct Room(usize);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
