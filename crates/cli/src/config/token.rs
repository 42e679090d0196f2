//! A bearer token in memory; its text never reaches a debug output or an error.

use std::{fmt, path::Path};

use crate::failure::{Failure, Outcome};

/// The secret of an API token.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token in `text`, blanks around it dropped. `whence` names its source for the error.
    pub fn parse(text: &str, whence: &str) -> Outcome<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Failure::Usage(format!("the token from {whence} is empty")));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Failure::Usage(format!(
                "the token from {whence} is not a token: expected one word of ASCII letters, digits and signs"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// The token in a file.
    pub fn read(path: &Path) -> Outcome<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, error))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Its text, for the `Authorization` header or a file of mode 0600.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
