//! Copies within the store. An object copy shares the body's files; a part copy reads and writes, because the part
//! needs an ETag of its own.

use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopyPartResult, CopySource, MetadataDirective, Range, UploadPartCopyInput,
    UploadPartCopyOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::conditions::ReadConditions;
use super::multipart::{check_upload, part_number, store_part};
use super::{Backend, etag, get, only_version, timestamp};
use crate::s3::attributes::Attributes;
use crate::s3::bodies::{Plan, receive};
use crate::s3::catalogue::tables;
use crate::s3::digests::Expected;

pub(super) async fn copy_object(backend: &Backend, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
    let S3Request { input, headers, .. } = request;
    let source = source(input.copy_source)?;
    let target = (input.bucket, input.key);
    let replaces = input.metadata_directive.is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE);
    let attributes = if replaces { Some(Attributes::from_request(&headers, input.metadata)?) } else { None };
    if source == target && attributes.is_none() {
        return Err(s3_error!(InvalidRequest, "a copy of an object onto itself must change its metadata"));
    }
    let conditions = ReadConditions {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    let now = backend.now_ms();
    let entry = backend
        .catalogue
        .write(move |connection, effects| {
            let (source, target) = ((source.0.as_str(), source.1.as_str()), (target.0.as_str(), target.1.as_str()));
            tables::copy(connection, effects, source, target, attributes, now, |entry| conditions.check_source(entry))
        })
        .await?;
    let result = CopyObjectResult {
        e_tag: Some(etag(&entry.etag)),
        last_modified: Some(timestamp(entry.modified_ms)),
        ..CopyObjectResult::default()
    };
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
}

pub(super) async fn upload_part_copy(
    backend: &Backend,
    request: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let input = request.input;
    let number = part_number(input.part_number)?;
    check_upload(backend, &input.upload_id, &input.bucket, &input.key).await?;
    let (bucket, key) = source(input.copy_source)?;
    let opened = get::open(backend, bucket, key).await?;
    let conditions = ReadConditions {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    conditions.check_source(&opened.entry)?;
    let (from, to) = match input.copy_source_range {
        None => (0, opened.entry.size),
        Some(text) => inside(&text, opened.entry.size)?,
    };
    let plan = Plan { digests: Expected::default().digests(), inline: false, limit: to - from };
    let received = receive(opened.into_body(&backend.bodies, from, to), plan, &backend.bodies).await?;
    let (tag, modified_ms) = store_part(backend, input.upload_id, (input.bucket, input.key), number, received).await?;
    let result = CopyPartResult { e_tag: Some(etag(&tag)), last_modified: Some(timestamp(modified_ms)), ..CopyPartResult::default() };
    Ok(S3Response::new(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() }))
}

/// Bucket and key of what to copy.
fn source(source: CopySource) -> S3Result<(String, String)> {
    match source {
        CopySource::Bucket { bucket, key, version_id } => {
            only_version(version_id.as_deref())?;
            Ok((bucket.into(), key.into()))
        }
        CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
            Err(s3_error!(NotImplemented, "the source of a copy must be a bucket and a key"))
        }
    }
}

/// `bytes=first-last`, all of it inside the source: unlike a read, a copy is never cut short.
fn inside(text: &str, full: u64) -> S3Result<(u64, u64)> {
    match Range::parse(text) {
        Ok(Range::Int { first, last: Some(last) }) if last < full => Ok((first, last + 1)),
        _ => Err(s3_error!(InvalidRange, "x-amz-copy-source-range must be bytes=first-last within the {full} bytes of the source")),
    }
}
