//! Makes committed transactions durable, many at a time.
//!
//! With `synchronous=NORMAL` SQLite appends every commit to the write-ahead log, checksummed and in order, and leaves
//! the sync of that log to us; with `FULL` it would sync once per commit and nothing else would differ
//! (<https://www.sqlite.org/pragma.html#pragma_synchronous>). So one sync after a group of commits makes the whole
//! group as durable as `FULL` makes each, and a crash in between loses only a tail of commits that nobody was told of.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The write-ahead log of one database, held open beside SQLite.
pub(super) struct Wal {
    file: File,
    broken: Option<String>,
}

impl Wal {
    /// Opens the log of `database`. SQLite must have the database open, so that the log exists and stays.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        let file = OpenOptions::new().write(true).open(path)?;
        Ok(Self { file, broken: None })
    }

    /// Returns when everything committed so far is on disk.
    ///
    /// After one failure every later call fails as well: the kernel may have dropped what it could not write, so a
    /// second sync that succeeds proves nothing. Only opening the store again finds out what survived.
    pub(super) fn sync(&mut self) -> Result<(), String> {
        if let Some(reason) = &self.broken {
            return Err(reason.clone());
        }
        self.file.sync_data().map_err(|error| {
            let reason = format!("the table's log could not be written to disk ({error}); restart to recover");
            tracing::error!(%error, "the table's log could not be written to disk; no write is accepted until a restart");
            self.broken = Some(reason.clone());
            reason
        })
    }
}
