//! PUT of an object in one request.

use http::HeaderMap;
use s3s::dto::{PutObjectInput, PutObjectOutput, StreamingBlob};
use s3s::{Body, S3Request, S3Response, S3Result, TrailingHeaders, s3_error};

use super::{Backend, conditions, etag};
use crate::s3::attributes::Attributes;
use crate::s3::bodies::{Plan, Received, receive};
use crate::s3::catalogue::{Condition, Entry, NewObject, tables};
use crate::s3::digests::{Expected, checksum_headers};

/// S3's limit on one PUT; larger objects come in parts.
const MAX_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// From here on it pays to ask whether the write can succeed before its body comes.
const LARGE_BYTES: i64 = 1024 * 1024;

pub(super) async fn put_object(backend: &Backend, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
    let S3Request { input, headers, trailing_headers, .. } = request;
    let PutObjectInput { bucket, key, body, metadata, if_match, if_none_match, content_length, .. } = input;
    let condition = conditions::of_write(if_match, if_none_match)?;
    let mut attributes = Attributes::from_request(&headers, metadata)?;
    if condition != Condition::Always || content_length.is_none_or(|bytes| bytes >= LARGE_BYTES) {
        let (bucket, key, condition) = (bucket.clone(), key.clone(), condition.clone());
        backend.catalogue.read(move |connection| tables::check(connection, &bucket, &key, &condition)).await?;
    }
    let received = take_body(backend, body, content_length, (&headers, trailing_headers.as_ref()), true).await?;

    let response_headers = checksum_headers(&received.found.checksums);
    attributes.checksums = received.found.checksums.clone();
    let tag = received.found.etag();
    let entry = Entry { size: received.size, etag: tag.clone(), modified_ms: backend.now_ms(), attributes };
    let object = NewObject { entry, stored: received.stored };
    backend.catalogue.write(move |connection, effects| tables::put(connection, effects, (&bucket, &key), object, &condition)).await?;
    let output = PutObjectOutput { e_tag: Some(etag(&tag)), ..PutObjectOutput::default() };
    Ok(S3Response::with_headers(output, response_headers))
}

/// Takes in the body of a PUT and compares its length and digests with what the request says.
pub(super) async fn take_body(
    backend: &Backend,
    body: Option<StreamingBlob>,
    content_length: Option<i64>,
    (headers, trailers): (&HeaderMap, Option<&TrailingHeaders>),
    inline: bool,
) -> S3Result<Received> {
    let expected = Expected::from_headers(headers)?;
    let length = content_length.map(u64::try_from).transpose().map_err(|_| s3_error!(InvalidArgument, "negative Content-Length"))?;
    if length.is_some_and(|bytes| bytes > MAX_BYTES) {
        return Err(s3_error!(EntityTooLarge, "one PUT takes at most {MAX_BYTES} bytes; upload in parts"));
    }
    let body = body.unwrap_or_else(|| StreamingBlob::from(Body::empty()));
    let plan = Plan { digests: expected.digests(), inline, limit: length.unwrap_or(MAX_BYTES) };
    let received = receive(body, plan, &backend.bodies).await?;
    if length.is_some_and(|bytes| bytes != received.size) {
        return Err(s3_error!(IncompleteBody, "{} bytes came, not as many as Content-Length says", received.size));
    }
    expected.check(&received.found, trailers)?;
    Ok(received)
}
