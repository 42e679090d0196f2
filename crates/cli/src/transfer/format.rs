//! The file of an export: lines of JSON, packed with gzip.
//!
//! The head `{"kraken": 2}`; `{"item": …}` for each record; for each object `{"object": key, "data": base64}`, further parts as
//! `{"more": base64}`, and `{"sha256": hex}` when it is whole, or `{"void": key}` when it went away while it was read; and at the very end
//! `{"end": {"items": …, "objects": …}}`, without which the file was cut off. Format 1 had neither `sha256` nor `void`, and is read.

mod read;
mod write;

pub(super) use read::{Piece, Reader};
pub(super) use write::Writer;

/// The format that this version writes, and the newest that it reads.
const FORMAT: u64 = 2;

/// Bytes of an object that one line holds. At least what a part of an upload must have.
pub(super) const PART_BYTES: u64 = 8 << 20;

#[cfg(test)]
mod tests;
