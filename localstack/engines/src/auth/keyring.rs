//! Makes and recognises credentials without a table of them.
//!
//! A key id is `KRKO` for the owner, or `KRKA`, the expiry as 10 hex digits of Unix seconds, and the agent's id in
//! hex. Its secret and session token are `HMAC-SHA256(master, purpose ‖ key id)`. A key id that someone made up
//! therefore resolves to a secret that nobody holds.

use std::fmt;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::{AuthError, Principal};

const OWNER: &str = "KRKO00000000000000000";
const AGENT: &str = "KRKA";
/// Hex digits of the expiry in a key id: 40 bits of seconds, good for 34,000 years.
const EXPIRY_DIGITS: usize = 10;

/// Long-lived credentials.
#[derive(Clone)]
pub struct Credentials {
    /// Names the key; not secret.
    pub access_key_id: String,
    /// Signs requests.
    pub secret_access_key: String,
}

/// Credentials of an agent, good until `expires`. All three strings must be used to sign.
#[derive(Clone)]
pub struct TempCredentials {
    /// Names the key; not secret.
    pub access_key_id: String,
    /// Signs requests.
    pub secret_access_key: String,
    /// Travels with each request as `x-amz-security-token`.
    pub session_token: String,
    /// From this moment on they are refused.
    pub expires: Timestamp,
}

/// The source of all credentials of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    master: [u8; 32],
}

impl Keyring {
    /// A keyring over the installation's master key. The same master key gives the same credentials.
    pub fn new(master: [u8; 32]) -> Self {
        Self { master }
    }

    /// The server's own credentials: all rights, no end, no session token.
    pub fn owner(&self) -> Credentials {
        Credentials { access_key_id: OWNER.to_owned(), secret_access_key: self.secret(OWNER) }
    }

    /// Credentials for one agent, limited to its queue and its prefix, refused from `expires` on (cut to whole
    /// seconds).
    pub fn mint(&self, agent: &str, expires: Timestamp) -> TempCredentials {
        let seconds = expires.as_second().max(0);
        let access_key_id = format!("{AGENT}{seconds:0width$x}{}", hex::encode(agent), width = EXPIRY_DIGITS);
        TempCredentials {
            secret_access_key: self.secret(&access_key_id),
            session_token: self.session_token(&access_key_id),
            access_key_id,
            expires: Timestamp::from_second(seconds).unwrap_or(expires),
        }
    }

    /// The secret behind a key id and whose it is. The caller must still compare the signature that the secret
    /// gives, and, through [`Keyring::check_token`], the session token.
    pub fn resolve(&self, access_key_id: &str, now: Timestamp) -> Result<(String, Principal), AuthError> {
        let principal = if access_key_id == OWNER {
            Principal::Owner
        } else {
            let (expires, id) = parse_agent(access_key_id).ok_or(AuthError::InvalidClientTokenId("unknown access key id"))?;
            if now.as_second() >= expires {
                return Err(AuthError::ExpiredToken);
            }
            Principal::Agent { id }
        };
        Ok((self.secret(access_key_id), principal))
    }

    /// Does this session token belong to this key? An agent's key needs its token, the owner's key has none.
    pub fn check_token(&self, access_key_id: &str, token: Option<&str>) -> Result<(), AuthError> {
        match (access_key_id == OWNER, token) {
            (true, None) => Ok(()),
            (true, Some(_)) => Err(AuthError::InvalidClientTokenId("this key has no session token")),
            (false, None) => Err(AuthError::InvalidClientTokenId("the session token is missing")),
            (false, Some(token)) => {
                let expected = self.session_token(access_key_id);
                if bool::from(expected.as_bytes().ct_eq(token.as_bytes())) {
                    Ok(())
                } else {
                    Err(AuthError::InvalidClientTokenId("the session token is of another key"))
                }
            }
        }
    }

    fn secret(&self, access_key_id: &str) -> String {
        self.derive(b"secret access key\0", access_key_id)
    }

    fn session_token(&self, access_key_id: &str) -> String {
        self.derive(b"session token\0", access_key_id)
    }

    fn derive(&self, purpose: &[u8], access_key_id: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.master).expect("HMAC takes keys of any length");
        mac.update(purpose);
        mac.update(access_key_id.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

fn parse_agent(access_key_id: &str) -> Option<(i64, String)> {
    let (expiry, agent) = access_key_id.strip_prefix(AGENT)?.split_at_checked(EXPIRY_DIGITS)?;
    if !expiry.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let expires = i64::from_str_radix(expiry, 16).ok()?;
    let id = String::from_utf8(hex::decode(agent).ok()?).ok()?;
    (!id.is_empty()).then_some((expires, id))
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for TempCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TempCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
