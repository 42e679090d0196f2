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
    /// Objects, however small: each costs memory beside its bytes.
    pub objects: usize,
    /// Bytes of a file that is read.
    pub file_bytes: usize,
    /// Looks that fetch objects at the same time: each may hold its answer, the pack in it, and the objects of that.
    pub at_once: usize,
}

impl Limits {
    /// For a process of half a gigabyte that has other things to do as well: about 150 MB.
    pub const NARROW: Self = Self {
        time: Duration::from_secs(20),
        download_bytes: 16 << 20,
        unpacked_bytes: 48 << 20,
        objects: 150_000,
        file_bytes: 1 << 20,
        at_once: 1,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self { download_bytes: 32 << 20, unpacked_bytes: 96 << 20, objects: 300_000, at_once: 3, ..Self::NARROW }
    }
}
