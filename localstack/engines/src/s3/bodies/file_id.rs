//! The name of a body file: 128 random bits, so that no key, time or order leaks into the file system.

use std::fmt;
use std::io;

/// Names one body file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileId([u8; 16]);

impl FileId {
    pub(crate) fn random() -> io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|e| io::Error::other(format!("no random numbers for a file name: {e}")))?;
        Ok(Self(bytes))
    }

    /// From the 16 bytes the catalogue holds.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From a file name: 32 hex digits.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(name, &mut bytes).ok().map(|()| Self(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Decides the subfolder.
    pub(crate) fn first_byte(self) -> u8 {
        self.0[0]
    }

    /// The name of the subfolder of all ids that start with `first`.
    pub(crate) fn folder(first: u8) -> String {
        hex::encode([first])
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}
