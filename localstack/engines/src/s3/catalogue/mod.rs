//! The catalogue: which objects exist, where their bodies are, and which uploads are under way, in SQLite.
//!
//! Invariants: every change goes through one thread that commits what has gathered in one transaction with one sync,
//! and answers only then. Reads go to connections of their own and never wait for a commit. No caller blocks a tokio
//! worker.

mod complete;
mod listing;
mod news;
mod objects;
mod readers;
mod rows;
mod schema;
mod uploads;
mod writer;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

pub(crate) use complete::{CompletedPart, Completion, MAX_PART_NUMBER};
pub(crate) use listing::{Listing, Marker, Query};
pub(crate) use news::{FORGET_AFTER, Item, News, page as page_of_news};
pub(crate) use objects::{Condition, NewObject};
pub(crate) use rows::{Content, Entry, Object, Piece};
pub(crate) use uploads::NewPart;
pub(crate) use writer::{Created, Effects, How};

use readers::Readers;
use writer::Writer;

use super::bodies::{Bodies, FileId};

/// Buckets, objects and uploads.
pub(crate) mod tables {
    pub(crate) use super::listing::{bucket_exists, buckets, create_bucket, list};
    pub(crate) use super::objects::{check, copy, delete, find, find_with_content, put};
    pub(crate) use super::uploads::{abort, create_upload, expire, find_upload, parts, put_part};
}

/// Why the catalogue did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum CatalogueError {
    #[error("the bucket does not exist")]
    NoSuchBucket,
    #[error("the bucket exists already and is yours")]
    BucketExists,
    #[error("the object does not exist")]
    NoSuchKey,
    #[error("the upload does not exist: it was completed or aborted, or belongs to another key")]
    NoSuchUpload,
    #[error("the object is not in the state that {0} asks for")]
    Precondition(&'static str),
    #[error("part {0} was not uploaded, or its ETag is another one")]
    InvalidPart(u32),
    #[error("the parts must be in ascending order of their numbers")]
    InvalidPartOrder,
    #[error("part {number} has {size} bytes; all but the last need at least {least}")]
    PartTooSmall { number: u32, size: u64, least: u64 },
    #[error("the upload has {found} bytes, not {expected}")]
    SizeMismatch { expected: u64, found: u64 },
    /// SQLite or the disk failed; the operator sees the reason in the log.
    #[error("the catalogue failed: {0}")]
    Storage(String),
}

impl From<rusqlite::Error> for CatalogueError {
    fn from(e: rusqlite::Error) -> Self {
        Self::Storage(e.to_string())
    }
}

impl From<std::io::Error> for CatalogueError {
    fn from(e: std::io::Error) -> Self {
        Self::Storage(e.to_string())
    }
}

/// The open catalogue.
pub(crate) struct Catalogue {
    writer: Writer,
    readers: Readers,
    news: Arc<News>,
}

impl Catalogue {
    /// Opens or makes the database. `after_commit` hears, on the thread that commits, which files no durable row names any more.
    pub(crate) fn open(path: &Path, after_commit: impl Fn(Vec<FileId>) + Send + 'static) -> Result<Self, CatalogueError> {
        let connection = schema::open(path)?;
        let news = Arc::<News>::default();
        Ok(Self { writer: Writer::start(connection, Arc::clone(&news), after_commit)?, readers: Readers::new(path), news })
    }

    /// What is to be told of objects that came to be.
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// Runs `change` inside the next commit. When it refuses, nothing of it stays; when this answers `Ok`, it is
    /// durable. The change takes place even if the caller stops waiting.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection, &mut Effects) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        self.writer.submit(change)?.await.map_err(|_| stopped())?
    }

    /// Runs `query` on a blocking thread; it sees all that was committed before the call.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        self.readers.run(query).await
    }

    /// Removes what a crash left behind; before the first request. Uploads begun before `oldest_upload_ms` end too.
    pub(crate) fn tidy(path: &Path, bodies: &Bodies, oldest_upload_ms: i64) -> Result<super::bodies::Swept, CatalogueError> {
        let mut connection = schema::open(path)?;
        let transaction = connection.transaction()?;
        tables::expire(&transaction, oldest_upload_ms)?;
        transaction.commit()?;
        bodies.sweep(|first| files_starting_with(&connection, first))
    }
}

fn files_starting_with(connection: &Connection, first: u8) -> Result<HashSet<FileId>, CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT id FROM file WHERE id >= ?1 AND id <= ?2")?;
    let (from, to) = ([first; 1], [[first; 1].as_slice(), &[0xff; 16]].concat());
    let mut rows = statement.query((from.as_slice(), to))?;
    let mut files = HashSet::new();
    while let Some(row) = rows.next()? {
        files.extend(FileId::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?));
    }
    Ok(files)
}

fn stopped() -> CatalogueError {
    CatalogueError::Storage("the thread of the catalogue has ended".to_owned())
}
