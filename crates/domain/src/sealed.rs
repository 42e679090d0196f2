//! A text that only who holds the system's key can read: what records keep of a secret.
//!
//! Nothing here opens it. Whoever seals and opens says *where* the text belongs (its place), so that a text that was copied elsewhere
//! opens nowhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something sealed, as it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// What a sealer wrote.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What the sealer wrote.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} characters)", self.0.len())
    }
}
