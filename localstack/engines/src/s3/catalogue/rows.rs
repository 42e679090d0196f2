//! Rows as values.

use bytes::Bytes;
use rusqlite::Row;
use rusqlite::types::Type;

use super::CatalogueError;
use crate::s3::attributes::Attributes;
use crate::s3::bodies::FileId;

/// What is known of an object without its body.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: i64,
    pub(crate) attributes: Attributes,
}

/// An object with the way to its body.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) entry: Entry,
    pub(crate) content: Content,
}

/// Where a body is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// In the row.
    Inline(Bytes),
    /// In files, one after the other.
    Pieces(Vec<Piece>),
}

/// One file of a body, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) id: FileId,
    /// In bytes.
    pub(crate) len: u64,
}

/// 16 bytes of id, 8 bytes of length, big-endian.
const PIECE_BYTES: usize = 24;

pub(super) fn encode_pieces(pieces: &[Piece]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(pieces.len() * PIECE_BYTES);
    for piece in pieces {
        bytes.extend_from_slice(piece.id.as_bytes());
        bytes.extend_from_slice(&piece.len.to_be_bytes());
    }
    bytes
}

pub(super) fn decode_pieces(bytes: &[u8]) -> Result<Vec<Piece>, CatalogueError> {
    let damaged = || CatalogueError::Storage(format!("a list of pieces has {} bytes, no multiple of {PIECE_BYTES}", bytes.len()));
    if !bytes.len().is_multiple_of(PIECE_BYTES) {
        return Err(damaged());
    }
    let piece = |chunk: &[u8]| {
        let (id, len) = chunk.split_at(16);
        Some(Piece { id: FileId::from_slice(id)?, len: u64::from_be_bytes(len.try_into().ok()?) })
    };
    bytes.chunks_exact(PIECE_BYTES).map(|chunk| piece(chunk).ok_or_else(damaged)).collect()
}

pub(super) fn encode_attributes(attributes: &Attributes) -> Result<String, CatalogueError> {
    serde_json::to_string(attributes).map_err(|e| CatalogueError::Storage(format!("attributes cannot be written as JSON: {e}")))
}

/// Reads `size, etag, modified_ms, attributes` from the first four columns.
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let attributes = serde_json::from_str(row.get_ref(3)?.as_str()?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(e)))?;
    Ok(Entry { size: row.get(0)?, etag: row.get(1)?, modified_ms: row.get(2)?, attributes })
}
