//! Signatures and rights: `s3s` verifies a signature with the secret that is looked up here, and then asks here whether
//! the signer may do it.
//!
//! The age of a signature and of a presigned URL is judged by `s3s` with the clock of the system; whether credentials
//! are still good, by ours.
//!
//! Invariant: what is not listed for a principal is denied, before the body of the request is read.

use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::ListObjectsV2Input;
use s3s::path::S3Path;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, s3_error};

use super::DATA_BUCKET;
use crate::auth::{AuthError, Keyring, ObjectAction, Principal};
use crate::clock::Now;

/// Looks up secrets and checks rights by the keyring.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) keyring: Keyring,
    pub(crate) now: Now,
}

/// Who signed, for the checks that need the parsed request.
#[derive(Clone)]
struct Signer(Principal);

#[async_trait::async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let (secret, _) = self.keyring.resolve(access_key, (self.now)()).map_err(refusal)?;
        Ok(SecretKey::from(secret))
    }
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else {
            return Err(s3_error!(AccessDenied, "the request is not signed"));
        };
        let key_id = credentials.access_key.clone();
        let (_, principal) = self.keyring.resolve(&key_id, (self.now)()).map_err(refusal)?;
        self.keyring.check_token(&key_id, session_token(cx).as_deref()).map_err(|e| {
            let mut error = refusal(e);
            error.set_code(S3ErrorCode::InvalidToken);
            error
        })?;
        check_operation(&principal, cx.s3_op().name(), cx.s3_path()).map_err(refusal)?;
        cx.extensions_mut().insert(Signer(principal));
        Ok(())
    }

    async fn list_objects_v2(&self, request: &mut S3Request<ListObjectsV2Input>) -> S3Result<()> {
        let Some(Signer(principal)) = request.extensions.get() else {
            return Err(s3_error!(AccessDenied, "the request is not signed"));
        };
        let prefix = request.input.prefix.as_deref().unwrap_or_default();
        principal.check_object(ObjectAction::List, prefix).map_err(refusal)
    }
}

/// May `principal` call `operation` on `path`? Listing is checked further when its prefix is known.
fn check_operation(principal: &Principal, operation: &str, path: &S3Path) -> Result<(), AuthError> {
    if *principal == Principal::Owner {
        return Ok(());
    }
    let resource = path.get_object_key().unwrap_or("*");
    let refused = || Err(principal.refusal(&format!("s3:{operation}"), resource));
    if path.get_bucket_name() != Some(DATA_BUCKET) {
        return refused();
    }
    let action = match operation {
        "ListObjectsV2" => return Ok(()),
        "GetObject" => ObjectAction::Get,
        "HeadObject" => ObjectAction::Head,
        "DeleteObject" => ObjectAction::Delete,
        "PutObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" | "AbortMultipartUpload" | "ListParts" => {
            ObjectAction::Put
        }
        // Copies among them: their source is another object, which the agent may not have the right to read.
        _ => return refused(),
    };
    match path.get_object_key() {
        Some(key) => principal.check_object(action, key),
        None => refused(),
    }
}

/// From the header, or from the query of a presigned URL.
fn session_token(cx: &S3AccessContext<'_>) -> Option<String> {
    if let Some(token) = cx.headers().get("x-amz-security-token") {
        // A token that is not text is none of ours; an empty one never matches.
        return Some(token.to_str().unwrap_or_default().to_owned());
    }
    let query = cx.uri().query()?;
    // Our tokens are hex: whatever would need decoding does not match.
    query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Security-Token=")).map(ToOwned::to_owned)
}

/// In the words of S3, which differ from those of other services for an unknown key.
fn refusal(e: AuthError) -> S3Error {
    let code = match &e {
        AuthError::InvalidClientTokenId(_) => S3ErrorCode::InvalidAccessKeyId,
        AuthError::ExpiredToken => S3ErrorCode::ExpiredToken,
        AuthError::SignatureDoesNotMatch(_) => S3ErrorCode::SignatureDoesNotMatch,
        _ => S3ErrorCode::AccessDenied,
    };
    let mut error = S3Error::with_message(code, e.to_string());
    error.set_status_code(e.status());
    error
}

#[cfg(test)]
mod tests;
