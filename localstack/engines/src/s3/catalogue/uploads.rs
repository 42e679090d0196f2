//! Uploads in parts, until they are completed or aborted.

use rusqlite::{Connection, OptionalExtension};

use super::listing::bucket_exists;
use super::objects::{release, retain};
use super::rows::{Piece, decode_pieces, encode_attributes, encode_pieces};
use super::{CatalogueError, Effects};
use crate::s3::attributes::Attributes;
use crate::s3::bodies::Fresh;

/// A part to be.
pub(crate) struct NewPart {
    pub(crate) number: u32,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) modified_ms: i64,
    pub(crate) file: Fresh,
}

/// A part that was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct PartEntry {
    pub(crate) number: u32,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: i64,
    pub(crate) pieces: Vec<Piece>,
}

/// Begins an upload under a fresh random `id`.
pub(crate) fn create_upload(
    connection: &Connection,
    id: &str,
    (bucket, key): (&str, &str),
    attributes: &Attributes,
    created_ms: i64,
) -> Result<(), CatalogueError> {
    bucket_exists(connection, bucket)?;
    connection.prepare_cached("INSERT INTO upload (id, bucket, key, attributes, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute((
        id,
        bucket,
        key.as_bytes(),
        encode_attributes(attributes)?,
        created_ms,
    ))?;
    Ok(())
}

/// The attributes of an upload that is under way for this very key.
pub(crate) fn find_upload(connection: &Connection, id: &str, (bucket, key): (&str, &str)) -> Result<Attributes, CatalogueError> {
    bucket_exists(connection, bucket)?;
    let mut statement = connection.prepare_cached("SELECT attributes FROM upload WHERE id = ?1 AND bucket = ?2 AND key = ?3")?;
    let attributes: Option<String> = statement.query_row((id, bucket, key.as_bytes()), |row| row.get(0)).optional()?;
    let attributes = attributes.ok_or(CatalogueError::NoSuchUpload)?;
    serde_json::from_str(&attributes).map_err(|e| CatalogueError::Storage(format!("the attributes of upload {id} are damaged: {e}")))
}

/// Adds a part, replacing the one with its number.
pub(crate) fn put_part(
    connection: &Connection,
    effects: &mut Effects,
    id: &str,
    object: (&str, &str),
    part: NewPart,
) -> Result<(), CatalogueError> {
    find_upload(connection, id, object)?;
    let old = connection
        .prepare_cached("SELECT pieces FROM part WHERE upload = ?1 AND number = ?2")?
        .query_row((id, part.number), |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    release(connection, effects, &decode_pieces(&old.unwrap_or_default())?)?;
    let piece = Piece { id: part.file.id(), len: part.size };
    retain(connection, &[piece])?;
    effects.keep.push(part.file);
    connection
        .prepare_cached("INSERT OR REPLACE INTO part (upload, number, size, etag, modified_ms, pieces) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((id, part.number, part.size, part.etag, part.modified_ms, encode_pieces(&[piece])))?;
    Ok(())
}

/// The parts of an upload by number, `limit` of those above `after`.
pub(crate) fn parts(connection: &Connection, id: &str, after: u32, limit: usize) -> Result<Vec<PartEntry>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT number, size, etag, modified_ms, pieces FROM part WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((id, after, limit))?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let pieces = decode_pieces(&row.get::<_, Vec<u8>>(4)?)?;
        parts.push(PartEntry { number: row.get(0)?, size: row.get(1)?, etag: row.get(2)?, modified_ms: row.get(3)?, pieces });
    }
    Ok(parts)
}

/// Ends an upload and forgets its parts.
pub(crate) fn abort(connection: &Connection, effects: &mut Effects, id: &str, object: (&str, &str)) -> Result<(), CatalogueError> {
    find_upload(connection, id, object)?;
    for part in parts(connection, id, 0, usize::MAX)? {
        release(connection, effects, &part.pieces)?;
    }
    forget(connection, id)
}

/// Ends all uploads begun before `oldest_ms`: whoever began them is gone. Their files are left to the sweep.
pub(crate) fn expire(connection: &Connection, oldest_ms: i64) -> Result<(), CatalogueError> {
    let mut statement = connection.prepare("SELECT id FROM upload WHERE created_ms < ?1")?;
    let ids = statement.query_map([oldest_ms], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for id in ids {
        let mut unswept = Effects::default();
        for part in parts(connection, &id, 0, usize::MAX)? {
            release(connection, &mut unswept, &part.pieces)?;
        }
        forget(connection, &id)?;
    }
    Ok(())
}

/// Removes the rows of an upload.
pub(super) fn forget(connection: &Connection, id: &str) -> Result<(), CatalogueError> {
    connection.prepare_cached("DELETE FROM part WHERE upload = ?1")?.execute([id])?;
    connection.prepare_cached("DELETE FROM upload WHERE id = ?1")?.execute([id])?;
    Ok(())
}
