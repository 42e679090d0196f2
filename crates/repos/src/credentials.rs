//! Who asks for a repository. Never printed.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// The user that hosts take beside a token: GitHub, GitLab, Gitea and Forgejo take any, Bitbucket wants this one
/// (<https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/>).
const TOKEN_USER: &str = "x-token-auth";

/// Who asks.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Anybody.
    #[default]
    Nobody,
    /// Who holds an access token.
    Token(Zeroizing<String>),
    /// A user.
    User {
        /// The name.
        user: String,
        /// The password, or a token of theirs.
        password: Zeroizing<String>,
    },
}

impl Credentials {
    /// Who holds this access token.
    pub fn token(token: impl Into<String>) -> Self {
        Self::Token(Zeroizing::new(token.into()))
    }

    /// A user with a password.
    pub fn user(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::User { user: user.into(), password: Zeroizing::new(password.into()) }
    }

    pub(crate) fn given(&self) -> bool {
        !matches!(self, Self::Nobody)
    }

    /// What is sent of it (RFC 7617).
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let (user, password) = match self {
            Self::Nobody => return None,
            Self::Token(token) => (TOKEN_USER, token),
            Self::User { user, password } => (user.as_str(), password),
        };
        let plain = Zeroizing::new(format!("{user}:{}", password.as_str().trim_end_matches(['\r', '\n'])));
        let text = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(plain.as_bytes())));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Token(_) => "Token",
            Self::User { .. } => "User",
        })
    }
}
