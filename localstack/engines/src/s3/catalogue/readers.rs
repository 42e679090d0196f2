//! Connections for reading. WAL lets them see the last commit while the next one is being written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::{CatalogueError, stopped};

/// Enough to keep a small machine's cores busy; each has a page cache of its own.
const CONNECTIONS: usize = 4;

/// The readers of one catalogue.
pub(super) struct Readers {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        let path: PathBuf = path.to_owned();
        Self { path: path.into(), idle: Arc::default(), turns: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// Runs `query` on a blocking thread.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, CatalogueError> + Send + 'static,
    ) -> Result<T, CatalogueError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| stopped())?;
        let (path, idle) = (Arc::clone(&self.path), Arc::clone(&self.idle));
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let pooled = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let outcome = match pooled.map_or_else(|| open(&path), Ok) {
                Ok(connection) => {
                    let outcome = query(&connection);
                    idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                    outcome
                }
                Err(e) => Err(e.into()),
            };
            if let Err(e @ CatalogueError::Storage(_)) = &outcome {
                tracing::error!(error = %e, "could not read the catalogue of objects");
            }
            outcome
        });
        task.await.map_err(|_| stopped())?
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
