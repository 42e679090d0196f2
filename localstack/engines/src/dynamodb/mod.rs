//! DynamoDB on one machine: the table in one SQLite file, reached through the SDK without a socket.
//!
//! Invariants: SQLite is touched by one thread of the engine's own, never by the async runtime; a write is answered
//! only after it is on disk, and writes that wait together share one sync of the disk.

mod checkpoint;
mod connector;
mod expiry;
mod operations;
mod thread;
mod tokens;
mod wal;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};

use self::connector::Connector;
use self::thread::StorageThread;
use self::tokens::Tokens;
use crate::clock::Now;
use crate::meter::Meter;

/// The name of the database inside the engine's directory. SQLite keeps its log beside it (`-wal`, `-shm`).
const FILE: &str = "dynamodb.sqlite";

/// An open table store. Clones share it; the last one to go closes the file.
#[derive(Clone)]
pub struct DynamoDb {
    thread: StorageThread,
    tokens: Arc<Mutex<Tokens>>,
    now: Now,
    meter: Option<Meter>,
}

impl DynamoDb {
    /// Opens the store in `dir`, which is created when missing. `now` judges which items have expired.
    ///
    /// The store is for one process; whoever owns the data directory sees to that.
    pub fn open(dir: &Path, now: Now) -> Result<Self, DynamoDbError> {
        std::fs::create_dir_all(dir).map_err(|source| DynamoDbError::Directory { path: dir.to_owned(), source })?;
        let tokens = Arc::new(Mutex::new(Tokens::new(Arc::clone(&now))));
        let thread = StorageThread::start(dir.join(FILE), Arc::clone(&now))?;
        Ok(Self { thread, tokens, now, meter: None })
    }

    /// The same store, with what its clients ask noted by `meter`, if there is one.
    pub fn metered(self, meter: Option<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The transport for an `aws-sdk-dynamodb` client that talks to this store. Signatures are not looked at.
    pub fn http_client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(Connector::new(self.clone()));
        http_client_fn(move |_, _| connector.clone())
    }

    /// A client of this store. It doesn't sign, and neither retries nor times out: nothing gets lost on the way.
    pub fn client(&self) -> aws_sdk_dynamodb::Client {
        crate::lean_client::lean_client!(aws_sdk_dynamodb, self.http_client())
    }
}

impl std::fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DynamoDb")
    }
}

/// Why the store could not be opened or swept. None of these heals by trying again at once.
#[derive(Debug, thiserror::Error)]
pub enum DynamoDbError {
    /// The directory is missing and can't be made: name one that can be written.
    #[error("cannot create the table directory {path}: {source}")]
    Directory {
        /// The directory asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a table store, is damaged, or was written by a newer version.
    #[error("cannot open the table store {path}: {message}")]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the storage said.
        message: String,
    },
    /// The system gave no thread: it is short of memory or of process slots.
    #[error("cannot start the thread of the table store: {0}")]
    Thread(std::io::Error),
    /// Expired items could not be removed: they stay until the next sweep.
    #[error("cannot remove expired items: {0}")]
    Sweep(String),
}
