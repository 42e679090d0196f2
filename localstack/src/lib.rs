//! The whole of Kraken on one machine: embedded engines and every function, in one process.

use std::{net::SocketAddr, path::PathBuf};

/// What to start, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept. Made if it does not exist; one process at a time.
    pub data_dir: PathBuf,
    /// Where the API, the object store and the queues listen; port 0 takes a free one.
    pub listen: SocketAddr,
}
