//! The web UI in the program: which files there are, and what a browser is answered.
//!
//! Invariants: nothing is copied or unpacked until somebody asks, so the UI costs neither time at the start nor memory at idle; every answer
//! carries the headers without which the UI must not be shown.

mod answer;
mod headers;

pub use answer::{Site, answer};

/// A file of the UI.
#[derive(Debug)]
pub(crate) struct File {
    /// Its address, which begins with `/`.
    path: &'static str,
    /// Its media type.
    media: &'static str,
    /// Says by which content it is; the same content has the same tag within one build.
    tag: &'static str,
    stored: Stored,
}

/// How a file is kept.
// A UI that is not built has none of either.
#[allow(dead_code)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stored {
    /// As it is: compressing would not help, or nobody did.
    Plain(&'static [u8]),
    /// Compressed only.
    Packed {
        /// By gzip (RFC 1952), which every browser takes.
        gzip: &'static [u8],
        /// By Brotli (RFC 7932), which browsers take over TLS.
        brotli: Option<&'static [u8]>,
    },
}

/// All files, sorted by address; none when the UI was not built before this program.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Whether the UI was built before this program.
pub fn is_built() -> bool {
    !FILES.is_empty()
}

/// The UI in this program.
pub const SITE: Site = Site::new(FILES);
