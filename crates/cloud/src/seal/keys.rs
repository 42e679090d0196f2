//! The keys that things are sealed with: the first seals, all open. A new one in front of the old ones is a rotation.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// Which key something was sealed with: the beginning of a hash of the key, which tells nothing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyId([u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for KeyId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut id = [0; 4];
        hex::decode_to_slice(text, &mut id).map(|()| Self(id)).map_err(drop)
    }
}

/// One key. Wiped when it is dropped.
#[derive(Clone)]
pub(super) struct SealingKey {
    id: KeyId,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl SealingKey {
    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let hash = Sha256::new().chain_update(b"the id of a sealing key of kraken\n").chain_update(&bytes[..]).finalize();
        Self { id: KeyId([hash[0], hash[1], hash[2], hash[3]]), bytes }
    }

    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }
}

/// At least one key.
#[derive(Clone)]
pub struct SealingKeys {
    first: SealingKey,
    others: Vec<SealingKey>,
}

impl SealingKeys {
    /// The one key that follows from a system's master key, which has other uses as well: neither gives the other away.
    ///
    /// The key is `HMAC-SHA256(master, purpose)` (RFC 2104).
    pub fn from_master(master: &[u8; KEY_BYTES]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(master).expect("HMAC takes keys of any length");
        mac.update(b"kraken: the key that seals secrets, first of its kind");
        Self { first: SealingKey::new(Zeroizing::new(mac.finalize().into_bytes().into())), others: Vec::new() }
    }

    /// Keys as they are kept in one text: each 32 bytes in base64, white space between them, the one that seals in front.
    ///
    /// Gives `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut keys = text.split_whitespace().map(|one| {
            let decoded = Zeroizing::new(BASE64_STANDARD.decode(one).ok()?);
            let mut bytes = Zeroizing::new([0; KEY_BYTES]);
            (decoded.len() == KEY_BYTES).then(|| bytes.copy_from_slice(&decoded))?;
            Some(SealingKey::new(bytes))
        });
        let first = keys.next()??;
        Some(Self { first, others: keys.collect::<Option<_>>()? })
    }

    /// A new key by chance, as [`Self::parse`] reads it.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn make() -> Result<Zeroizing<String>, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut bytes[..])?;
        Ok(Zeroizing::new(BASE64_STANDARD.encode(&bytes[..])))
    }

    pub(super) fn first(&self) -> &SealingKey {
        &self.first
    }

    pub(super) fn find(&self, id: KeyId) -> Option<&SealingKey> {
        std::iter::once(&self.first).chain(&self.others).find(|key| key.id == id)
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = std::iter::once(&self.first).chain(&self.others).map(|key| key.id.to_string());
        f.debug_tuple("SealingKeys").field(&ids.collect::<Vec<_>>()).finish()
    }
}
