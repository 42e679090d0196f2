//! HMAC-SHA256 and comparisons that take the same time whatever they find.
//!
//! Invariant: nothing here branches on where a secret and a guess of it begin to differ, nor on a secret's length.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) of the parts, one after the other.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, parts).finalize().into_bytes().into()
}

/// Whether `guess` is the HMAC-SHA256 of the parts. Constant in time for guesses of the right length.
pub(crate) fn is_hmac_sha256(key: &[u8], parts: &[&[u8]], guess: &[u8]) -> bool {
    keyed(key, parts).verify_slice(guess).is_ok()
}

/// Whether two secrets are the same. Their hashes are compared, so that the time tells nothing of the length either.
pub(crate) fn same_secret(known: &[u8], guess: &[u8]) -> bool {
    Sha256::digest(known).ct_eq(&Sha256::digest(guess)).into()
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn keyed(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac
}

#[cfg(test)]
mod tests;
