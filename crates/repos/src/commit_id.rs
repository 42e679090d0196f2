//! Names of commits.

use std::{fmt, str::FromStr};

use gix_hash::ObjectId;

/// The name of a commit: 40 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommitId(pub(crate) ObjectId);

/// A text that names no commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a commit: expected 40 hexadecimal digits")]
pub struct NotACommitId(String);

impl FromStr for CommitId {
    type Err = NotACommitId;

    fn from_str(text: &str) -> Result<Self, NotACommitId> {
        let found = if text.len() == 40 { ObjectId::from_hex(text.as_bytes()).ok() } else { None };
        found.map(Self).ok_or_else(|| NotACommitId(text.chars().take(80).collect()))
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_hex())
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitId({self})")
    }
}
