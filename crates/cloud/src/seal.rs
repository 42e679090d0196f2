//! Seals what records must keep and nobody may read: secrets, keys of webhooks, passwords of channels.
//!
//! Invariants: what is sealed for one place opens at no other; nothing of a key or of what was sealed is in an error or a debug text.
//!
//! The cipher is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), whose 24 random bytes of nonce never repeat. Sealed text:
//! `k1.<key id>.<base64url of nonce, ciphertext and tag>`; the version, the key's id and the place are authenticated along with it.

mod keys;
mod parameter;

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
pub use kraken_domain::sealed::Sealed;
use tokio::sync::RwLock;
pub use zeroize::Zeroizing;

pub use keys::SealingKeys;
use keys::{KeyId, SealingKey};
pub use parameter::KeyParameter;

/// The form of sealed texts that is written here.
const VERSION: &str = "k1";
/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// Why something was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The keeper of the key did not answer: the same may go through later.
    #[error("the sealing key cannot be read now: {0}")]
    Unavailable(String),
    /// The keeper of the key refused: somebody must mend the rights, or the key.
    #[error("the sealing key {key} cannot be used: {detail}")]
    Refused {
        /// Where the key is kept.
        key: String,
        /// What is wrong.
        detail: String,
    },
    /// This process was given no key: it has no business with secrets.
    #[error("this function has no sealing key: the deployment must set the environment variable KRAKEN_SEALING_KEY for it")]
    NoKey,
    /// The text was sealed with a key that is no longer known: put that key back behind the first one, or set the secret again.
    #[error("what is sealed for {place} was sealed with the key {key}, which is not among the known ones: set it again")]
    UnknownKey {
        /// Where the text belongs.
        place: String,
        /// The id of the missing key.
        key: String,
    },
    /// The text is damaged, or belongs elsewhere: set the secret again.
    #[error("what is sealed for {place} cannot be opened there: {why}; set it again")]
    NotOpened {
        /// Where the text belongs.
        place: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// Seals and opens. Cheap to clone; clones share the key that one of them fetched.
#[derive(Clone, Debug)]
pub struct Sealer {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// Nobody gave a key.
    Nobody,
    /// The key is at hand.
    Held(Arc<SealingKeys>),
    /// The key is fetched when it is first needed, and kept.
    Fetched { from: Arc<KeyParameter>, known: Arc<RwLock<Option<Arc<SealingKeys>>>> },
}

impl Sealer {
    /// Seals with keys at hand.
    pub fn held(keys: SealingKeys) -> Self {
        Self { source: Source::Held(Arc::new(keys)) }
    }

    /// Seals with keys that are kept elsewhere: fetched when they are first needed.
    pub fn fetched(from: KeyParameter) -> Self {
        Self { source: Source::Fetched { from: Arc::new(from), known: Arc::default() } }
    }

    /// Refuses everything.
    pub fn nobody() -> Self {
        Self { source: Source::Nobody }
    }

    /// Seals `plain` for `place`, such as `project/<id>/secret/<name>`: it opens only there.
    ///
    /// # Errors
    /// [`SealError`] when there is no key, or it cannot be read.
    pub async fn seal(&self, place: &str, plain: &[u8]) -> Result<Sealed, SealError> {
        let keys = self.keys().await?;
        let key = keys.first();
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| SealError::Unavailable(format!("the system gives no random numbers: {error}")))?;
        let payload = Payload { msg: plain, aad: &authenticated(key.id(), place) };
        let body = cipher(key).encrypt(XNonce::from_slice(&nonce), payload);
        let body = body.map_err(|_| SealError::NotOpened { place: place.to_owned(), why: "it is too large to be sealed" })?;
        let body = BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &body].concat());
        Ok(Sealed::new(format!("{VERSION}.{}.{body}", key.id())))
    }

    /// Opens what was sealed for `place`. The bytes are wiped when they are dropped.
    ///
    /// # Errors
    /// [`SealError`]: no key, or not that one; damaged, or sealed for another place.
    pub async fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let damaged = |why| SealError::NotOpened { place: place.to_owned(), why };
        let mut parts = sealed.as_str().split('.');
        let (Some(VERSION), Some(id), Some(body), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(damaged("it has none of the known forms"));
        };
        let id: KeyId = id.parse().map_err(|()| damaged("it names no key"))?;
        let body = BASE64_URL_SAFE_NO_PAD.decode(body).map_err(|_| damaged("it is not written in base64"))?;
        let (nonce, body) = body.split_at_checked(NONCE_BYTES).ok_or_else(|| damaged("it is too short"))?;
        let keys = self.keys_with(id).await?;
        let key = keys.find(id).ok_or_else(|| SealError::UnknownKey { place: place.to_owned(), key: id.to_string() })?;
        let payload = Payload { msg: body, aad: &authenticated(id, place) };
        let plain = cipher(key).decrypt(XNonce::from_slice(nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| damaged("it was changed, or was sealed for another place"))
    }

    /// The keys, fetched if they were not yet.
    async fn keys(&self) -> Result<Arc<SealingKeys>, SealError> {
        match &self.source {
            Source::Nobody => Err(SealError::NoKey),
            Source::Held(keys) => Ok(Arc::clone(keys)),
            Source::Fetched { from, known } => {
                if let Some(keys) = known.read().await.as_ref() {
                    return Ok(Arc::clone(keys));
                }
                let mut known = known.write().await;
                if let Some(keys) = known.as_ref() {
                    return Ok(Arc::clone(keys));
                }
                let keys = Arc::new(from.read_or_make().await?);
                *known = Some(Arc::clone(&keys));
                Ok(keys)
            }
        }
    }

    /// The keys, fetched anew if `id` is not among those that were fetched before: somebody may have put another in front.
    async fn keys_with(&self, id: KeyId) -> Result<Arc<SealingKeys>, SealError> {
        let keys = self.keys().await?;
        let Source::Fetched { known, .. } = &self.source else { return Ok(keys) };
        if keys.find(id).is_some() {
            return Ok(keys);
        }
        let mut held = known.write().await;
        if held.as_ref().is_some_and(|now| Arc::ptr_eq(now, &keys)) {
            *held = None;
        }
        drop(held);
        self.keys().await
    }
}

fn cipher(key: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// What a sealed text vouches for besides its content.
fn authenticated(key: KeyId, place: &str) -> Vec<u8> {
    format!("kraken {VERSION} {key} {place}").into_bytes()
}

#[cfg(test)]
mod tests;
