//! Secrets of projects and branches: set as a whole, shown without their values.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `PUT /api/projects/{project}/secrets/{name}` and `PUT /api/branches/{branch}/secrets/{name}`: the whole secret. It replaces what was
/// there, and is never given out again.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewSecret {
    /// What it holds.
    #[serde(flatten)]
    pub value: SecretValue,
    /// What it is for, in words: at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// What a secret holds. Values have 4 characters at least: shorter ones could not be kept out of logs.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SecretValue {
    /// One value: `#{secrets.NAME}`.
    Simple {
        /// The value: at most 16 KiB.
        value: String,
    },
    /// `#{secrets.NAME.user}` and `#{secrets.NAME.key}`.
    SshKey {
        /// The user to log in as.
        #[serde(default)]
        user: String,
        /// The private key, with all its lines: at most 16 KiB.
        key: String,
    },
    /// `#{secrets.NAME.user}` and `#{secrets.NAME.password}`.
    UserPassword {
        /// The user to log in as.
        #[serde(default)]
        user: String,
        /// The password: at most 16 KiB.
        password: String,
    },
}

impl fmt::Debug for NewSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSecret").field("value", &self.value).field("note", &self.note).finish()
    }
}

/// Never shows a value.
impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Simple { .. } => "Simple(******)",
            Self::SshKey { .. } => "SshKey(******)",
            Self::UserPassword { .. } => "UserPassword(******)",
        })
    }
}

/// A secret as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecretView {
    /// Its name.
    pub name: String,
    /// `simple`, `ssh_key` or `user_password`.
    pub kind: String,
    /// Whose it is, `project` or `branch`. A branch's is used where both have one of the same name.
    pub of: String,
    /// What it is for.
    pub note: String,
    /// When it was last set.
    pub changed_at: Timestamp,
    /// Who set it: the name of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// Whether it has a value. One that came with an import has none until it is set here.
    pub set: bool,
}

/// All secrets of a project or a branch, by name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SecretList {
    /// The secrets.
    pub items: Vec<SecretView>,
}
