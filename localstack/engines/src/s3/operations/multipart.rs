//! Uploads in parts.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::put::take_body;
use super::{Backend, conditions, etag, internal};
use crate::s3::attributes::Attributes;
use crate::s3::bodies::{Received, Stored};
use crate::s3::catalogue::{CompletedPart, Completion, MAX_PART_NUMBER, NewPart, tables};
use crate::s3::digests::checksum_headers;

pub(super) async fn create_multipart_upload(
    backend: &Backend,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let CreateMultipartUploadInput { bucket, key, metadata, .. } = request.input;
    let attributes = Attributes::from_request(&request.headers, metadata)?;
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| internal())?;
    let id = hex::encode(random);
    let output = CreateMultipartUploadOutput {
        bucket: Some(bucket.clone()),
        key: Some(key.clone()),
        upload_id: Some(id.clone()),
        ..CreateMultipartUploadOutput::default()
    };
    let now = backend.now_ms();
    backend.catalogue.write(move |connection, _| tables::create_upload(connection, &id, (&bucket, &key), &attributes, now)).await?;
    Ok(S3Response::new(output))
}

pub(super) async fn upload_part(backend: &Backend, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
    let S3Request { input, headers, trailing_headers, .. } = request;
    let UploadPartInput { bucket, key, upload_id, part_number: number, body, content_length, .. } = input;
    let number = part_number(number)?;
    check_upload(backend, &upload_id, &bucket, &key).await?;
    let received = take_body(backend, body, content_length, (&headers, trailing_headers.as_ref()), false).await?;
    let response_headers = checksum_headers(&received.found.checksums);
    let (tag, _) = store_part(backend, upload_id, (bucket, key), number, received).await?;
    let output = UploadPartOutput { e_tag: Some(etag(&tag)), ..UploadPartOutput::default() };
    Ok(S3Response::with_headers(output, response_headers))
}

pub(super) async fn complete_multipart_upload(
    backend: &Backend,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let input = request.input;
    let parts = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    if parts.is_empty() {
        return Err(s3_error!(MalformedXML, "the list of parts is empty"));
    }
    let parts = parts
        .into_iter()
        .map(|part| {
            let number = part.part_number.ok_or_else(|| s3_error!(MalformedXML, "a part has no PartNumber"))?;
            Ok(CompletedPart { number: part_number(number)?, etag: part.e_tag.map(s3s::dto::ETag::into_value) })
        })
        .collect::<S3Result<Vec<_>>>()?;
    let completion = Completion {
        upload: input.upload_id,
        parts,
        size: input.mpu_object_size.and_then(|bytes| u64::try_from(bytes).ok()),
        condition: conditions::of_write(input.if_match, input.if_none_match)?,
        modified_ms: backend.now_ms(),
    };
    let (bucket, key) = (input.bucket.clone(), input.key.clone());
    let completed = backend.catalogue.write(move |connection, effects| completion.run(connection, effects, (&bucket, &key))).await?;
    Ok(S3Response::new(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(etag(&completed.etag)),
        ..CompleteMultipartUploadOutput::default()
    }))
}

pub(super) async fn abort_multipart_upload(
    backend: &Backend,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let AbortMultipartUploadInput { bucket, key, upload_id, .. } = request.input;
    backend.catalogue.write(move |connection, effects| tables::abort(connection, effects, &upload_id, (&bucket, &key))).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

/// Refuses before a body is taken in for an upload that is not there.
pub(super) async fn check_upload(backend: &Backend, id: &str, bucket: &str, key: &str) -> S3Result<()> {
    let (id, bucket, key) = (id.to_owned(), bucket.to_owned(), key.to_owned());
    backend.catalogue.read(move |connection| tables::find_upload(connection, &id, (&bucket, &key)).map(drop)).await?;
    Ok(())
}

pub(super) fn part_number(number: i32) -> S3Result<u32> {
    u32::try_from(number)
        .ok()
        .filter(|number| (1..=MAX_PART_NUMBER).contains(number))
        .ok_or_else(|| s3_error!(InvalidArgument, "partNumber must be 1 to {MAX_PART_NUMBER}, not {number}"))
}

/// Enters a received part into its upload. Answers its ETag and when it was made.
pub(super) async fn store_part(
    backend: &Backend,
    upload: String,
    (bucket, key): (String, String),
    number: u32,
    received: Received,
) -> S3Result<(String, i64)> {
    let etag = received.found.etag();
    let modified_ms = backend.now_ms();
    // Parts are always received into files.
    let Stored::File(file) = received.stored else { return Err(internal()) };
    let part = NewPart { number, size: received.size, etag: etag.clone(), modified_ms, file };
    backend.catalogue.write(move |connection, effects| tables::put_part(connection, effects, &upload, (&bucket, &key), part)).await?;
    Ok((etag, modified_ms))
}
