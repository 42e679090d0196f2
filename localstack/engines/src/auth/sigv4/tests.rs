#![allow(clippy::unwrap_used)]
//! The signer is the SDK's own (`aws-sigv4`); we only verify.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::Request;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;
const BODY: &[u8] = br#"{"QueueUrl":"http://127.0.0.1/0/q"}"#;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn keyring() -> Keyring {
    Keyring::new([7; 32])
}

/// A request as the SDK would send it, signed with `key` at `NOW`.
fn signed_as(key: &str, secret: &str, token: Option<&str>, uri: &str, body: &[u8]) -> Parts {
    let identity = Credentials::new(key, secret, token.map(str::to_owned), None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("sqs")
        .time(UNIX_EPOCH + Duration::from_secs(NOW as u64))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("host", "127.0.0.1:9"), ("x-amz-target", "AmazonSQS.ReceiveMessage"), ("x-odd", " a   b ")];
    let signable = SignableRequest::new("POST", uri, headers.into_iter(), SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let mut request = Request::post(uri).body(()).unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    instructions.apply_to_request_http1x(&mut request);
    request.into_parts().0
}

fn signed() -> Parts {
    let minted = keyring().mint("a1", now() + SignedDuration::from_hours(1));
    signed_as(&minted.access_key_id, &minted.secret_access_key, Some(&minted.session_token), "http://127.0.0.1:9/", BODY)
}

fn verify(parts: &Parts, body: &[u8], service: &str, keyring: &Keyring, now: Timestamp) -> Result<Principal, AuthError> {
    Claim::read(parts, service, keyring, now)?.prove(parts, body)
}

fn code(parts: &Parts, body: &[u8], now: Timestamp) -> &'static str {
    verify(parts, body, "sqs", &keyring(), now).unwrap_err().code()
}

#[test]
fn the_owner_and_an_agent_are_recognised() {
    assert_eq!(verify(&signed(), BODY, "sqs", &keyring(), now()), Ok(Principal::Agent { id: "a1".into() }));
    let owner = keyring().owner();
    let parts = signed_as(&owner.access_key_id, &owner.secret_access_key, None, "http://127.0.0.1:9/", b"");
    assert_eq!(verify(&parts, b"", "sqs", &keyring(), now()), Ok(Principal::Owner));
}

#[test]
fn a_changed_body_method_path_or_header_breaks_the_signature() {
    assert_eq!(code(&signed(), b"{}", now()), "SignatureDoesNotMatch");
    let mut parts = signed();
    parts.method = http::Method::GET;
    assert_eq!(code(&parts, BODY, now()), "SignatureDoesNotMatch");
    let mut parts = signed();
    parts.uri = "http://127.0.0.1:9/other".parse().unwrap();
    assert_eq!(code(&parts, BODY, now()), "SignatureDoesNotMatch");
    let mut parts = signed();
    parts.headers.insert("x-amz-target", "AmazonSQS.DeleteMessage".parse().unwrap());
    assert_eq!(code(&parts, BODY, now()), "SignatureDoesNotMatch");
}

#[test]
fn a_steering_header_outside_the_signature_is_refused() {
    let mut parts = signed();
    parts.headers.insert("x-amz-query-mode", "true".parse().unwrap());
    assert_eq!(code(&parts, BODY, now()), "SignatureDoesNotMatch");
}

#[test]
fn a_wrong_secret_or_key_is_refused() {
    let minted = keyring().mint("a1", now() + SignedDuration::from_hours(1));
    let token = Some(minted.session_token.as_str());
    let parts = signed_as(&minted.access_key_id, "wrong", token, "http://127.0.0.1:9/", BODY);
    assert_eq!(code(&parts, BODY, now()), "SignatureDoesNotMatch");
    let parts = signed_as("AKIAIOSFODNN7EXAMPLE", "wrong", None, "http://127.0.0.1:9/", BODY);
    assert_eq!(code(&parts, BODY, now()), "InvalidClientTokenId");
}

#[test]
fn the_session_token_is_needed() {
    let minted = keyring().mint("a1", now() + SignedDuration::from_hours(1));
    for token in [None, Some("x")] {
        let parts = signed_as(&minted.access_key_id, &minted.secret_access_key, token, "http://127.0.0.1:9/", BODY);
        assert_eq!(code(&parts, BODY, now()), "InvalidClientTokenId");
    }
}

#[test]
fn a_clock_may_be_off_by_a_quarter_of_an_hour() {
    let limit = SignedDuration::from_secs(MAX_SKEW_SECONDS);
    for edge in [now() + limit, now() - limit] {
        assert!(verify(&signed(), BODY, "sqs", &keyring(), edge).is_ok());
    }
    for beyond in [now() + limit + SignedDuration::from_secs(1), now() - limit - SignedDuration::from_secs(1)] {
        assert_eq!(code(&signed(), BODY, beyond), "SignatureDoesNotMatch");
    }
}

#[test]
fn ended_credentials_are_told_so() {
    assert_eq!(code(&signed(), BODY, now() + SignedDuration::from_hours(1)), "ExpiredToken");
}

#[test]
fn the_scope_must_name_this_service() {
    let refusal = verify(&signed(), BODY, "s3", &keyring(), now()).unwrap_err();
    assert_eq!(refusal.code(), "SignatureDoesNotMatch");
    assert!(refusal.to_string().contains("\"sqs\""), "{refusal}");
}

#[test]
fn what_is_missing_is_named() {
    let mut parts = signed();
    parts.headers.remove("authorization");
    assert_eq!(code(&parts, BODY, now()), "MissingAuthenticationToken");
    for broken in [
        "Basic abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=x",
        "AWS4-HMAC-SHA256 Credential=a/20260101/r/sqs/aws4_request, Signature=x",
        "AWS4-HMAC-SHA256 Credential=a/20260101/r/sqs/aws4_request, SignedHeaders=host, Signature=",
    ] {
        parts.headers.insert("authorization", broken.parse().unwrap());
        assert_eq!(code(&parts, BODY, now()), "IncompleteSignature", "{broken}");
    }
    let mut parts = signed();
    parts.headers.remove("x-amz-date");
    assert_eq!(code(&parts, BODY, now()), "IncompleteSignature");
}

proptest! {
    #[test]
    fn any_path_query_and_body_verifies(
        path in "(/[a-zA-Z0-9._~%-]{0,6}){1,3}",
        query in proptest::collection::vec(("[a-z~]{1,4}", "[a-zA-Z0-9*+~/-]{0,6}"), 0..4),
        body in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        // Two things the signer normalises that no SQS request holds: dot segments and broken escapes.
        let path = path.replace(['%', '.'], "");
        let path = path.split('/').filter(|part| !part.is_empty()).fold(String::new(), |all, part| all + "/" + part);
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let uri = format!("http://127.0.0.1:9{}?{}", if path.is_empty() { "/" } else { &path }, query.join("&"));
        let owner = keyring().owner();
        let parts = signed_as(&owner.access_key_id, &owner.secret_access_key, None, &uri, &body);
        prop_assert_eq!(verify(&parts, &body, "sqs", &keyring(), now()), Ok(Principal::Owner));
    }
}
