//! Opens a SQLite database for one owner: exclusive, durable at each commit, with a small cache.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// Cached statements; more than the engines have.
const STATEMENTS: usize = 128;

/// Why a database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The directory could not be made. Check the path and its permissions.
    #[error("cannot make the directory {path}: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refuses. "database is locked" means that another process has it open.
    #[error("cannot open the database {path}: {source}")]
    Sqlite {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A newer version of this program wrote the database. Run that version.
    #[error("the database {path} has format {found}, this version reads up to {known}; use the newer version")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The format of the file.
        found: usize,
        /// The newest format known here.
        known: usize,
    },
}

/// Opens `dir/file`, making both where they don't exist, and brings it to the format that `formats` describes: the
/// statements that lead from each format to the next, the first from an empty file. Append to it, never edit it.
pub(crate) fn open(dir: &Path, file: &str, formats: &[&str]) -> Result<Connection, DatabaseError> {
    std::fs::create_dir_all(dir).map_err(|source| DatabaseError::Directory { path: dir.to_owned(), source })?;
    let path = dir.join(file);
    let sqlite = |source| DatabaseError::Sqlite { path: path.clone(), source };

    let mut connection = Connection::open(&path).map_err(sqlite)?;
    prepare(&connection).map_err(sqlite)?;
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sqlite)?;
    if found > formats.len() {
        return Err(DatabaseError::Newer { path, found, known: formats.len() });
    }
    upgrade(&mut connection, found, formats).map_err(sqlite)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    // With the exclusive lock taken before the first access, SQLite needs no shared memory file.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Kibibytes, when negative.
    connection.pragma_update(None, "cache_size", -2048)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn upgrade(connection: &mut Connection, found: usize, formats: &[&str]) -> rusqlite::Result<()> {
    for (format, statements) in formats.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", format + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
