//! Single objects: find, put, copy, delete.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension};

use super::listing::bucket_exists;
use super::rows::{self, Content, Entry, Object, Piece, decode_pieces, encode_attributes, encode_pieces};
use super::{CatalogueError, Created, Effects, How};
use crate::s3::attributes::Attributes;
use crate::s3::bodies::{FileId, Stored};

/// What must hold for a write to take place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    Always,
    /// No object has the key.
    Absent,
    /// An object has the key.
    Present,
    /// The object has this ETag (without quotes).
    Etag(String),
}

/// An object to be.
pub(crate) struct NewObject {
    pub(crate) entry: Entry,
    pub(crate) stored: Stored,
}

/// The object without its body. `NoSuchBucket` and `NoSuchKey` are told apart.
pub(crate) fn find(connection: &Connection, bucket: &str, key: &str) -> Result<Entry, CatalogueError> {
    let mut statement =
        connection.prepare_cached("SELECT size, etag, modified_ms, attributes FROM object WHERE bucket = ?1 AND key = ?2")?;
    match statement.query_row((bucket, key.as_bytes()), rows::entry).optional()? {
        Some(entry) => Ok(entry),
        None => Err(absent(connection, bucket)?),
    }
}

/// The object and where its body is.
pub(crate) fn find_with_content(connection: &Connection, bucket: &str, key: &str) -> Result<Object, CatalogueError> {
    let mut statement = connection
        .prepare_cached("SELECT size, etag, modified_ms, attributes, pieces, inline FROM object WHERE bucket = ?1 AND key = ?2")?;
    let found = statement
        .query_row((bucket, key.as_bytes()), |row| {
            Ok((rows::entry(row)?, row.get::<_, Option<Vec<u8>>>(4)?, row.get::<_, Option<Vec<u8>>>(5)?))
        })
        .optional()?;
    let Some((entry, pieces, inline)) = found else { return Err(absent(connection, bucket)?) };
    let content = match pieces {
        Some(pieces) => Content::Pieces(decode_pieces(&pieces)?),
        None => Content::Inline(Bytes::from(inline.unwrap_or_default())),
    };
    Ok(Object { entry, content })
}

/// Would a write under `condition` be refused now?
pub(crate) fn check(connection: &Connection, bucket: &str, key: &str, condition: &Condition) -> Result<(), CatalogueError> {
    bucket_exists(connection, bucket)?;
    let mut statement = connection.prepare_cached("SELECT etag FROM object WHERE bucket = ?1 AND key = ?2")?;
    let etag: Option<String> = statement.query_row((bucket, key.as_bytes()), |row| row.get(0)).optional()?;
    match (condition, etag) {
        (Condition::Always, _) | (Condition::Absent, None) | (Condition::Present, Some(_)) => Ok(()),
        (Condition::Absent, Some(_)) => Err(CatalogueError::Precondition("If-None-Match")),
        (Condition::Present | Condition::Etag(_), None) => Err(CatalogueError::NoSuchKey),
        (Condition::Etag(wanted), Some(etag)) if *wanted == etag => Ok(()),
        (Condition::Etag(_), Some(_)) => Err(CatalogueError::Precondition("If-Match")),
    }
}

/// Makes the object, replacing the one under its key.
pub(crate) fn put(
    connection: &Connection,
    effects: &mut Effects,
    (bucket, key): (&str, &str),
    object: NewObject,
    condition: &Condition,
) -> Result<(), CatalogueError> {
    check(connection, bucket, key, condition)?;
    let content = match object.stored {
        Stored::Inline(bytes) => Content::Inline(bytes),
        Stored::File(fresh) => {
            let piece = Piece { id: fresh.id(), len: object.entry.size };
            retain(connection, &[piece])?;
            effects.keep.push(fresh);
            Content::Pieces(vec![piece])
        }
    };
    replace(connection, effects, (bucket, key), &Object { entry: object.entry, content }, How::Put)
}

/// Makes `target` an object with the body of `source`, without copying the body. `check_source` sees the source and may
/// refuse; `attributes` replaces those of the source. Answers the new entry.
pub(crate) fn copy(
    connection: &Connection,
    effects: &mut Effects,
    source: (&str, &str),
    target: (&str, &str),
    attributes: Option<Attributes>,
    modified_ms: i64,
    check_source: impl FnOnce(&Entry) -> Result<(), CatalogueError>,
) -> Result<Entry, CatalogueError> {
    bucket_exists(connection, target.0)?;
    let mut object = find_with_content(connection, source.0, source.1)?;
    check_source(&object.entry)?;
    if let Content::Pieces(pieces) = &object.content {
        retain(connection, pieces)?;
    }
    object.entry.modified_ms = modified_ms;
    object.entry.attributes.upload = None;
    if let Some(mut attributes) = attributes {
        attributes.checksums = std::mem::take(&mut object.entry.attributes.checksums);
        object.entry.attributes = attributes;
    }
    replace(connection, effects, target, &object, How::Copy)?;
    Ok(object.entry)
}

/// Removes the object. Answers whether there was one.
pub(crate) fn delete(
    connection: &Connection,
    effects: &mut Effects,
    (bucket, key): (&str, &str),
    condition: &Condition,
) -> Result<bool, CatalogueError> {
    check(connection, bucket, key, condition)?;
    let pieces = pieces_of(connection, bucket, key)?;
    release(connection, effects, &pieces)?;
    let removed = connection.prepare_cached("DELETE FROM object WHERE bucket = ?1 AND key = ?2")?.execute((bucket, key.as_bytes()))?;
    Ok(removed > 0)
}

/// Writes the row. The files of the new body must be counted already, so that a copy onto itself keeps them.
pub(super) fn replace(
    connection: &Connection,
    effects: &mut Effects,
    (bucket, key): (&str, &str),
    object: &Object,
    how: How,
) -> Result<(), CatalogueError> {
    let old = pieces_of(connection, bucket, key)?;
    release(connection, effects, &old)?;
    let (pieces, inline) = match &object.content {
        Content::Inline(bytes) => (None, Some(bytes.as_ref())),
        Content::Pieces(pieces) => (Some(encode_pieces(pieces)), None),
    };
    let Entry { size, etag, modified_ms, attributes } = &object.entry;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO object (bucket, key, size, etag, modified_ms, attributes, pieces, inline)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((bucket, key.as_bytes(), size, etag, modified_ms, encode_attributes(attributes)?, pieces, inline))?;
    let (bucket, key) = (bucket.to_owned(), key.to_owned());
    effects.created.push(Created { bucket, key, size: *size, etag: etag.clone(), how, at_ms: *modified_ms });
    Ok(())
}

fn pieces_of(connection: &Connection, bucket: &str, key: &str) -> Result<Vec<Piece>, CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT pieces FROM object WHERE bucket = ?1 AND key = ?2")?;
    let pieces: Option<Option<Vec<u8>>> = statement.query_row((bucket, key.as_bytes()), |row| row.get(0)).optional()?;
    decode_pieces(&pieces.flatten().unwrap_or_default())
}

/// Counts one more owner of each file.
pub(super) fn retain(connection: &Connection, pieces: &[Piece]) -> Result<(), CatalogueError> {
    let mut statement =
        connection.prepare_cached("INSERT INTO file (id, refs) VALUES (?1, 1) ON CONFLICT (id) DO UPDATE SET refs = refs + 1")?;
    for piece in pieces {
        statement.execute([piece.id.as_bytes()])?;
    }
    Ok(())
}

/// Counts one owner less of each file, and forgets those that have none left.
pub(super) fn release(connection: &Connection, effects: &mut Effects, pieces: &[Piece]) -> Result<(), CatalogueError> {
    let mut statement = connection.prepare_cached("UPDATE file SET refs = refs - 1 WHERE id = ?1 RETURNING refs")?;
    for piece in pieces {
        let id: &FileId = &piece.id;
        let left: Option<i64> = statement.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        if left.is_some_and(|refs| refs <= 0) {
            connection.prepare_cached("DELETE FROM file WHERE id = ?1")?.execute([id.as_bytes()])?;
            effects.discard.push(*id);
        }
    }
    Ok(())
}

/// Why an object was not found.
fn absent(connection: &Connection, bucket: &str) -> Result<CatalogueError, CatalogueError> {
    match bucket_exists(connection, bucket) {
        Ok(()) => Ok(CatalogueError::NoSuchKey),
        Err(e) => Err(e),
    }
}
