//! The tables.
//!
//! Keys are blobs: SQLite then orders them byte by byte, which is the order S3 lists them in, and a prefix is a range.
//! `modified_ms` and `created_ms` are milliseconds since 1970.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::CatalogueError;

/// The layout this program writes. Raise it with a migration in [`open`].
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE bucket (
        name TEXT PRIMARY KEY,
        created_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    -- The body is in `inline`, or in the files that `pieces` lists: per piece 16 bytes of id and 8 of length.
    -- It comes last, so that listing never reads it.
    CREATE TABLE object (
        bucket TEXT NOT NULL,
        key BLOB NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        modified_ms INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        pieces BLOB,
        inline BLOB,
        PRIMARY KEY (bucket, key)
    ) WITHOUT ROWID;
    -- Every body file, and how many objects and parts name it: copies share files.
    CREATE TABLE file (
        id BLOB PRIMARY KEY,
        refs INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE upload (
        id TEXT PRIMARY KEY,
        bucket TEXT NOT NULL,
        key BLOB NOT NULL,
        attributes TEXT NOT NULL,
        created_ms INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE part (
        upload TEXT NOT NULL,
        number INTEGER NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        modified_ms INTEGER NOT NULL,
        pieces BLOB NOT NULL,
        PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
";

/// Since layout 2. Numbers are never used again: who tells the news knows by them how far it is.
const NEWS: &str = "
    CREATE TABLE news (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        rule TEXT NOT NULL,
        bucket TEXT NOT NULL,
        key TEXT NOT NULL,
        size INTEGER NOT NULL,
        etag TEXT NOT NULL,
        how TEXT NOT NULL,
        at_ms INTEGER NOT NULL
    );
";

/// Opens the database for writing and brings its tables up to date.
pub(super) fn open(path: &Path) -> Result<Connection, CatalogueError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    let transaction = connection.transaction()?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(NEWS)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        1 => {
            transaction.execute_batch(NEWS)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        newer => {
            return Err(CatalogueError::Storage(format!(
                "{} has layout {newer}, this program knows up to {VERSION}: start a newer version of the program",
                path.display()
            )));
        }
    }
    transaction.commit()?;
    Ok(connection)
}
