//! Why the system did not start, and what to do about it.

use std::{io, net::SocketAddr, path::PathBuf};

use kraken_cloud::{ObjectError, QueueError};
use kraken_control::ControlError;
use kraken_engines::{bus::BusError, dynamodb::DynamoDbError, s3::S3Error, sqs::SqsError};
use kraken_search::SearchError;
use kraken_store::StoreError;

/// Why the system did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process works on the directory.
    #[error("the data directory {} is in use by process {pid}: stop that one, or name another directory", .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process that owns it, as far as it said.
        pid: String,
    },
    /// The directory cannot be made, read or written.
    #[error("the data directory {} cannot be used: {source}", .path.display())]
    DataDir {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The key that seals secrets and signs credentials is not as it was written.
    #[error("{} does not hold a key of 32 bytes: restore it from a backup; without it agents must enrol anew", .0.display())]
    Key(PathBuf),
    /// Others than its owner can reach the key.
    #[error("{} has mode {mode:03o}: expected 600, as whoever reads it can read every secret; run `chmod 600` on it if nobody has", .path.display())]
    KeyMode {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}: stop what listens there, or name another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The table's engine did not open.
    #[error(transparent)]
    DynamoDb(#[from] DynamoDbError),
    /// The object store's engine did not open.
    #[error(transparent)]
    S3(#[from] S3Error),
    /// The queues' engine did not open.
    #[error(transparent)]
    Sqs(#[from] SqsError),
    /// The log search's engine did not open.
    #[error(transparent)]
    Logs(#[from] SearchError),
    /// The bus's engine did not open.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The table could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bucket could not be made.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The queues could not be made.
    #[error(transparent)]
    Queues(#[from] QueueError),
    /// Nobody could be told of runs.
    #[error(transparent)]
    Post(#[from] kraken_fn_notifier::NoWayOut),
    /// The first use of the system failed.
    #[error(transparent)]
    Control(#[from] ControlError),
}
