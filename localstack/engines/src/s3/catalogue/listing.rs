//! Buckets, and the keys of a bucket in order.
//!
//! Invariant: a listing reads as many rows as it returns entries, never all that a common prefix stands for: having
//! seen one key of it, it seeks past the prefix.

use rusqlite::Connection;

use super::CatalogueError;

/// Above every key: no UTF-8 text has this byte.
const END: &[u8] = &[0xff];

/// Which keys to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    pub(crate) after: Marker,
    /// The most entries to return.
    pub(crate) limit: usize,
}

/// Where a listing goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Marker {
    #[default]
    Start,
    /// After this key.
    Key(String),
    /// After all keys that start with this common prefix.
    Prefix(String),
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified_ms: i64,
}

/// One page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) objects: Vec<Listed>,
    pub(crate) prefixes: Vec<String>,
    /// Where the next page starts, if there is one.
    pub(crate) next: Option<Marker>,
}

/// Refuses with `NoSuchBucket` unless the bucket exists.
pub(crate) fn bucket_exists(connection: &Connection, bucket: &str) -> Result<(), CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM bucket WHERE name = ?1")?;
    if statement.exists([bucket])? { Ok(()) } else { Err(CatalogueError::NoSuchBucket) }
}

/// Makes a bucket.
pub(crate) fn create_bucket(connection: &Connection, bucket: &str, created_ms: i64) -> Result<(), CatalogueError> {
    let made = connection
        .prepare_cached("INSERT INTO bucket (name, created_ms) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((bucket, created_ms))?;
    if made == 0 { Err(CatalogueError::BucketExists) } else { Ok(()) }
}

/// All buckets by name, with the time of their creation in milliseconds since 1970.
pub(crate) fn buckets(connection: &Connection) -> Result<Vec<(String, i64)>, CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT name, created_ms FROM bucket ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One page of the keys of a bucket.
pub(crate) fn list(connection: &Connection, bucket: &str, query: &Query) -> Result<Listing, CatalogueError> {
    // One snapshot for all that follows.
    let snapshot = connection.unchecked_transaction()?;
    bucket_exists(&snapshot, bucket)?;
    let mut page = Listing::default();
    let end = past_prefix(&query.prefix);
    let mut from = match &query.after {
        Marker::Start => Vec::new(),
        Marker::Key(key) => [key.as_bytes(), &[0]].concat(),
        Marker::Prefix(prefix) => past_prefix(prefix),
    };
    from = from.max(query.prefix.clone().into_bytes());
    let mut last = query.after.clone();
    while let Some(listed) = first_in(&snapshot, bucket, &from, &end, &mut page, query, &mut last)? {
        from = listed;
    }
    Ok(page)
}

/// Reads on from `from` until the page is full, the range ends, or a common prefix is met; then answers where to seek.
fn first_in(
    connection: &Connection,
    bucket: &str,
    from: &[u8],
    end: &[u8],
    page: &mut Listing,
    query: &Query,
    last: &mut Marker,
) -> Result<Option<Vec<u8>>, CatalogueError> {
    let mut statement = connection
        .prepare_cached("SELECT key, size, etag, modified_ms FROM object WHERE bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key")?;
    let mut rows = statement.query((bucket, from, end))?;
    while let Some(row) = rows.next()? {
        if page.objects.len() + page.prefixes.len() >= query.limit {
            page.next = Some(last.clone());
            return Ok(None);
        }
        let key = String::from_utf8(row.get(0)?).map_err(|e| CatalogueError::Storage(format!("a key is not UTF-8: {e}")))?;
        if let Some(prefix) = common_prefix(&key, query) {
            let past = past_prefix(&prefix);
            *last = Marker::Prefix(prefix.clone());
            page.prefixes.push(prefix);
            return Ok(Some(past));
        }
        *last = Marker::Key(key.clone());
        page.objects.push(Listed { key, size: row.get(1)?, etag: row.get(2)?, modified_ms: row.get(3)? });
    }
    Ok(None)
}

/// The part of the key up to and with the first delimiter after the prefix.
fn common_prefix(key: &str, query: &Query) -> Option<String> {
    let delimiter = query.delimiter.as_deref().filter(|d| !d.is_empty())?;
    let rest = key.strip_prefix(&query.prefix)?;
    let at = rest.find(delimiter)?;
    Some(key[..query.prefix.len() + at + delimiter.len()].to_owned())
}

/// The first value above all keys with this prefix.
fn past_prefix(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    match bytes.last_mut() {
        // UTF-8 never ends in 0xff, so this cannot overflow.
        Some(last) => *last += 1,
        None => bytes = END.to_vec(),
    }
    bytes
}
