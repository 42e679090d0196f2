//! Verifies requests signed in their headers with AWS Signature Version 4, by the steps that AWS documents in
//! "Create a signed AWS API request" (IAM User Guide).
//!
//! Invariant: a request passes only if every header that steers it (`host` and all `x-amz-*`) and its whole body
//! are covered by the signature. Presigned URLs and chunked bodies belong to the object store, not here.

mod authorization;
mod canonical;

use hmac::{Hmac, Mac};
use http::HeaderMap;
use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::authorization::Authorization;
use super::{AuthError, Keyring, Principal};

/// How far the clock of the sender may be off, in seconds, to either side. AWS allows the same.
pub const MAX_SKEW_SECONDS: i64 = 15 * 60;

const TOKEN: &str = "x-amz-security-token";
const DATE: &str = "x-amz-date";

/// What the head of a request claims: a known, valid key with its session token, in time. Only the signature is still
/// to be proven, by the body.
pub struct Claim {
    authorization: Authorization,
    date: String,
    secret: String,
    principal: Principal,
}

impl Claim {
    /// Reads the head of a request to `service` (`sqs`). Strangers are refused here, before their body is read.
    pub fn read(parts: &Parts, service: &str, keyring: &Keyring, now: Timestamp) -> Result<Self, AuthError> {
        let authorization = Authorization::of(&parts.headers)?;
        let date =
            header(&parts.headers, DATE).ok_or_else(|| AuthError::IncompleteSignature(format!("header {DATE} is missing")))?.to_owned();
        check_scope(&authorization, &date, service)?;
        check_covered(&authorization, &parts.headers)?;
        let (secret, principal) = keyring.resolve(&authorization.access_key_id, now)?;
        keyring.check_token(&authorization.access_key_id, header(&parts.headers, TOKEN))?;
        check_clock(&date, now)?;
        Ok(Self { authorization, date, secret, principal })
    }

    /// Who sent the request with this head and this whole `body`.
    pub fn prove(self, parts: &Parts, body: &[u8]) -> Result<Principal, AuthError> {
        let payload = hex::encode(Sha256::digest(body));
        let canonical = canonical::request(parts, &self.authorization.signed_headers, &payload);
        let expected = sign(&self.secret, &self.authorization, &self.date, &canonical);
        if bool::from(expected.as_bytes().ct_eq(self.authorization.signature.as_bytes())) {
            Ok(self.principal)
        } else {
            Err(AuthError::SignatureDoesNotMatch("check the secret access key and the signing method".to_owned()))
        }
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim").field("principal", &self.principal).finish_non_exhaustive()
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn check_scope(authorization: &Authorization, date: &str, service: &str) -> Result<(), AuthError> {
    if authorization.service != service {
        return Err(AuthError::SignatureDoesNotMatch(format!(
            "the credential is scoped to service {:?}, expected {service:?}",
            authorization.service
        )));
    }
    if !date.starts_with(&authorization.date) {
        return Err(AuthError::SignatureDoesNotMatch(format!(
            "the credential is scoped to {}, the request is dated {date}",
            authorization.date
        )));
    }
    Ok(())
}

/// Headers outside the signature could be changed on the way, so those that steer us must be inside.
fn check_covered(authorization: &Authorization, headers: &HeaderMap) -> Result<(), AuthError> {
    let steering = headers.keys().map(|name| name.as_str()).filter(|name| name.starts_with("x-amz-"));
    for name in std::iter::once("host").chain(steering) {
        if !authorization.signed_headers.iter().any(|signed| signed == name) {
            return Err(AuthError::SignatureDoesNotMatch(format!("header {name} must be signed")));
        }
    }
    Ok(())
}

fn check_clock(date: &str, now: Timestamp) -> Result<(), AuthError> {
    let sent = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", date)
        .and_then(|parsed| parsed.to_datetime())
        .and_then(|datetime| datetime.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| AuthError::IncompleteSignature(format!("header {DATE} is {date:?}, expected the form 20260131T235959Z")))?
        .timestamp();
    if (now.as_second() - sent.as_second()).abs() > MAX_SKEW_SECONDS {
        return Err(AuthError::SignatureDoesNotMatch(format!(
            "the request is dated {date}, more than 15 minutes away from the server's time {now:.0}"
        )));
    }
    Ok(())
}

fn sign(secret: &str, authorization: &Authorization, date: &str, canonical: &str) -> String {
    let Authorization { date: day, region, service, .. } = authorization;
    let to_sign =
        format!("{}\n{date}\n{day}/{region}/{service}/aws4_request\n{}", authorization::ALGORITHM, hex::encode(Sha256::digest(canonical)),);
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), day);
    for step in [region.as_str(), service, "aws4_request"] {
        key = hmac(&key, step);
    }
    hex::encode(hmac(&key, &to_sign))
}

fn hmac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests;
