//! How much one look may take.

use std::time::Duration;

/// What one look may take; all of it is held in memory at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the whole look, waiting for its turn included.
    pub time: Duration,
    /// Bytes that come over the wire.
    pub download_bytes: usize,
    /// Bytes of all objects, unpacked.
    pub unpacked_bytes: usize,
    /// Bytes of a file that is read.
    pub file_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(20), download_bytes: 32 << 20, unpacked_bytes: 96 << 20, file_bytes: 1 << 20 }
    }
}
