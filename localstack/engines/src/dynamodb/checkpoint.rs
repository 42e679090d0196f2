//! Moves committed changes from the write-ahead log into the database file, where no caller waits for it.
//!
//! SQLite would do that within every so many commits, at several times the price of one; here a second connection does
//! it on a thread of its own, which holds up neither reads nor writes
//! (<https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>, PASSIVE). A crash at any point costs nothing: the log is
//! used again from its start only when all of it is in the database file, on disk.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;

use super::DynamoDbError;

/// Changed rows after which it is worth the while: some megabytes of log.
const CHANGES: u64 = 1024;

/// Decides when, and tells the thread.
pub(super) struct Checkpointer {
    changes: u64,
    wake: SyncSender<()>,
}

impl Checkpointer {
    /// Starts the thread for the database at `path`, which the caller has open. It ends with the handle.
    pub(super) fn start(path: PathBuf) -> Result<Self, DynamoDbError> {
        let (wake, woken) = sync_channel(1);
        std::thread::Builder::new()
            .name("dynamodb-log".into())
            .spawn(move || {
                if let Err(error) = serve(&path, &woken) {
                    tracing::warn!(path = %path.display(), %error, "the table's log is not checkpointed aside; commits do it");
                }
            })
            .map_err(DynamoDbError::Thread)?;
        Ok(Self { changes: 0, wake })
    }

    /// Notes that so many rows changed.
    pub(super) fn changed(&mut self, rows: u64) {
        self.changes += rows;
        if self.changes >= CHANGES {
            self.changes = 0;
            // Full: a checkpoint is due already. Closed: commits checkpoint.
            let _ = self.wake.try_send(());
        }
    }
}

fn serve(path: &std::path::Path, woken: &Receiver<()>) -> rusqlite::Result<()> {
    let connection = Connection::open(path)?;
    while woken.recv().is_ok() {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    Ok(())
}
