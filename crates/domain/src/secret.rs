//! Secrets that people give to a project or to one of its branches: what is known of one without opening it.
//!
//! Invariant: a record holds the value only sealed, for the one place that [`SecretOwner::place`] names.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BranchId, ProjectId, sealed::Sealed};

/// What a secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// One value.
    Simple,
    /// A user name and an SSH key.
    SshKey,
    /// A user name and a password.
    UserPassword,
}

impl SecretKind {
    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::SshKey => "ssh_key",
            Self::UserPassword => "user_password",
        }
    }
}

impl fmt::Display for SecretKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Simple => "a simple secret",
            Self::SshKey => "an SSH key",
            Self::UserPassword => "a user and password",
        })
    }
}

/// Whose secret it is. Where a branch has one of the same name as its project, the branch's is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretOwner {
    /// Of all branches of a project.
    Project(ProjectId),
    /// Of one branch.
    Branch(BranchId),
}

impl SecretOwner {
    /// What the secret named `name` is sealed for: it opens nowhere else.
    pub fn place(self, name: &str) -> String {
        match self {
            Self::Project(project) => format!("project/{project}/secret/{name}"),
            Self::Branch(branch) => format!("branch/{branch}/secret/{name}"),
        }
    }
}

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecret {
    /// Whose it is.
    pub owner: SecretOwner,
    /// Its name, unique among its owner's.
    pub name: String,
    /// What it holds.
    pub kind: SecretKind,
    /// What it is for, in words.
    #[serde(default)]
    pub note: String,
    /// When it was last set.
    pub changed_at: Timestamp,
    /// Who set it: the name of a token.
    #[serde(default)]
    pub changed_by: Option<String>,
    /// The value; `None`: it came from another system, which sealed it with a key of its own, and must be set here.
    #[serde(default)]
    pub sealed: Option<Sealed>,
}

/// The most secrets that a project or a branch may have.
pub const SECRETS_MAX: usize = 80;
/// The longest name of a secret, in characters.
pub const SECRET_NAME_MAX: usize = 100;

/// A name that no secret may have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecretName {
    /// Nothing, or too much.
    #[error("the name has {0} characters: expected 1 to {SECRET_NAME_MAX}")]
    Length(usize),
    /// A character that names of secrets may not have.
    #[error("the name {name:?} has the character {found:?}: expected letters from a to z, digits, '_' and '-'")]
    Character {
        /// The whole name.
        name: String,
        /// The first character that is wrong.
        found: char,
    },
    /// It has a meaning of its own in the texts of stages.
    #[error("the name {0:?} means something else in the texts of stages: choose another one")]
    Taken(String),
}

/// Checks a secret's name; `taken` are words that mean something else where secrets are named.
///
/// # Errors
/// [`InvalidSecretName`] that says what was expected.
pub fn check_secret_name<'t>(name: &str, taken: impl IntoIterator<Item = &'t str>) -> Result<(), InvalidSecretName> {
    let length = name.chars().count();
    if !(1..=SECRET_NAME_MAX).contains(&length) {
        return Err(InvalidSecretName::Length(length));
    }
    if let Some(found) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))) {
        return Err(InvalidSecretName::Character { name: name.to_owned(), found });
    }
    if taken.into_iter().any(|word| word == name) {
        return Err(InvalidSecretName::Taken(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
