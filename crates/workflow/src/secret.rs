//! Secrets as a stage sees them: what kinds there are, which fields each has, and what takes a value's place
//! wherever somebody may read along.
//!
//! Invariant: a value leaves this module only through [`Secret::leaves`] and [`Secret::values`]; `Debug` never shows one.

use std::{collections::BTreeMap, fmt};

pub use kraken_domain::secret::SecretKind;

/// What stands in the place of a secret's value in everything that is stored, shown or logged.
pub const MASK: &str = "******";

/// An opened secret. Only the claim of a job hands one out; it is never stored.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// One value: `secrets.NAME`.
    Simple(String),
    /// `secrets.NAME.user` (also `.username`) and `secrets.NAME.key`.
    SshKey {
        /// The user to log in as.
        user: String,
        /// The private key.
        key: String,
    },
    /// `secrets.NAME.user` (also `.username`) and `secrets.NAME.password`.
    UserPassword {
        /// The user to log in as.
        user: String,
        /// The password.
        password: String,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?}, {MASK})", self.kind())
    }
}

impl Secret {
    /// Which kind it is.
    pub fn kind(&self) -> SecretKind {
        match self {
            Self::Simple(_) => SecretKind::Simple,
            Self::SshKey { .. } => SecretKind::SshKey,
            Self::UserPassword { .. } => SecretKind::UserPassword,
        }
    }

    /// The values that must never be seen: what redaction looks for. User names are no secrets.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Simple(value) => vec![value],
            Self::SshKey { key, .. } => vec![key],
            Self::UserPassword { password, .. } => vec![password],
        }
    }

    /// The names under `secrets.NAME` and their values; the empty name is the secret itself.
    pub(crate) fn leaves(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::Simple(value) => vec![("", value)],
            Self::SshKey { user, key } => vec![("user", user), ("username", user), ("key", key)],
            Self::UserPassword { user, password } => vec![("user", user), ("username", user), ("password", password)],
        }
    }

    /// The same secret with [`MASK`] for every value, user names included.
    pub(crate) fn masked(&self) -> Self {
        let mask = || MASK.to_owned();
        match self {
            Self::Simple(_) => Self::Simple(mask()),
            Self::SshKey { .. } => Self::SshKey { user: mask(), key: mask() },
            Self::UserPassword { .. } => Self::UserPassword { user: mask(), password: mask() },
        }
    }
}

/// The opened secrets that a step may use, by name.
pub type Secrets = BTreeMap<String, Secret>;

/// Secrets of which only names and kinds are known, as a stage's code sees them: it needs no more, since each is only the text that names it.
pub fn unopened<'k>(kinds: impl IntoIterator<Item = (&'k String, &'k SecretKind)>) -> Secrets {
    let none = String::new;
    let secret = |kind: SecretKind| match kind {
        SecretKind::Simple => Secret::Simple(none()),
        SecretKind::SshKey => Secret::SshKey { user: none(), key: none() },
        SecretKind::UserPassword => Secret::UserPassword { user: none(), password: none() },
    };
    kinds.into_iter().map(|(name, kind)| (name.clone(), secret(*kind))).collect()
}

/// Replaces every secret value in `text` that got there in another way than by its name: typed out, or through an argument.
/// Values of fewer than 4 characters are left: they would tear holes into ordinary text.
pub(crate) fn mask_values(mut text: String, secrets: &Secrets) -> String {
    for value in secrets.values().flat_map(Secret::values) {
        if value.chars().count() >= 4 && text.contains(value) {
            text = text.replace(value, MASK);
        }
    }
    text
}

#[cfg(test)]
mod tests;
