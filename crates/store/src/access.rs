//! Tokens. Only the hash of a secret is stored, and it is the key: a look-up is the check.

use kraken_domain::{AgentId, Timestamp, TokenId, access::Grant, audit::Made};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Cursor, Entity, Guard, Indexes, Key, Paged, Store, StoreError, Versioned, entity::from_item, keys, read::Order};

/// A token: who bears its secret may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// SHA-256 of its secret in hexadecimal.
    pub hash: String,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Who bears it.
    pub bearer: Bearer,
}

/// Who bears a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "bearer", rename_all = "snake_case")]
pub enum Bearer {
    /// A person or a program.
    User {
        /// What it may do.
        grants: Vec<Grant>,
        /// The tokens that it was made with, by hash, the nearest first: it is worth something only as long as all of them are there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        made_with: Vec<String>,
    },
    /// An agent.
    Agent {
        /// Which.
        agent: AgentId,
    },
    /// Somebody who sets up an agent.
    Enrolment {
        /// The groups that the agent is put into.
        groups: Vec<String>,
        /// Whether it may be used more than once.
        reusable: bool,
    },
    /// A browser that signs in, once.
    SignIn {
        /// What it may do then.
        grants: Vec<Grant>,
        /// When that ends at the latest; `None`: the maker's own token has no end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends: Option<Timestamp>,
        /// The tokens that it was made with, as those of a user's.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        made_with: Vec<String>,
    },
}

impl Bearer {
    fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Agent { .. } => "agent",
            Self::Enrolment { .. } => "enrolment",
            Self::SignIn { .. } => "sign-in",
        }
    }

    /// The hashes of the tokens without which this one is worth nothing.
    pub fn made_with(&self) -> &[String] {
        match self {
            Self::User { made_with, .. } | Self::SignIn { made_with, .. } => made_with,
            Self::Agent { .. } | Self::Enrolment { .. } => &[],
        }
    }
}

/// What is stored of a secret. Secrets are 256 random bits, so a plain hash needs no salt and no stretching.
pub fn secret_hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Entity for Token {
    const KIND: &'static str = "a token";

    fn key(&self) -> Key {
        keys::token(&self.hash)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("token", self.id))
    }

    fn indexes(&self) -> Indexes {
        Indexes { list: Some((keys::tokens(self.bearer.kind()), self.id.to_string())), expires: self.expires_at, ..Indexes::default() }
    }
}

impl Store {
    /// The token with that secret, whether or not it has ended.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn token(&self, secret: &str) -> Result<Option<Versioned<Token>>, StoreError> {
        self.record(&keys::token(&secret_hash(secret))).await
    }

    /// The token with that secret, and when the import began that has not ended, if there is one: both in one read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token_and_import(&self, secret: &str) -> Result<(Option<Versioned<Token>>, Option<Timestamp>), StoreError> {
        let mut found = self.items(&[keys::token(&secret_hash(secret)), keys::importing()]).await?.into_iter();
        let token = found.next().flatten().as_ref().map(from_item).transpose()?;
        let guard = found.next().flatten().as_ref().map(from_item::<Guard>).transpose()?;
        Ok((token, guard.and_then(|guard| guard.value.importing_since())))
    }

    /// The tokens of these hashes, in their order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tokens_of(&self, hashes: &[String]) -> Result<Vec<Option<Versioned<Token>>>, StoreError> {
        self.records(&hashes.iter().map(|hash| keys::token(hash)).collect::<Vec<_>>()).await
    }

    /// The tokens of users, in order of creation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn user_tokens(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Token>>, StoreError> {
        self.listed(&keys::tokens("user"), Order::Ascending, limit, after).await
    }

    /// The tokens of agents, in order of creation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn agent_tokens(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Token>>, StoreError> {
        self.listed(&keys::tokens("agent"), Order::Ascending, limit, after).await
    }

    /// The enrolment tokens, in order of creation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enrolment_tokens(&self, limit: u32, after: Option<&Cursor>) -> Result<Paged<Versioned<Token>>, StoreError> {
        self.listed(&keys::tokens("enrolment"), Order::Ascending, limit, after).await
    }
}
