//! Lists of objects and of parts, in pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::{
    CommonPrefix, EncodingType, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput, Object, ObjectStorageClass, Part,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::{Backend, etag, size, timestamp};
use crate::s3::catalogue::{Listing, Marker, Query, tables};

/// The longest page, as in S3.
const MAX_PAGE: i32 = 1000;

pub(super) async fn list_objects_v2(
    backend: &Backend,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    let max_keys = input.max_keys.unwrap_or(MAX_PAGE);
    let limit = page(max_keys, "max-keys")?;
    let after = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => from_token(token)?,
        (None, Some(key)) if !key.is_empty() => Marker::Key(key.clone()),
        (None, _) => Marker::Start,
    };
    let query = Query { prefix: input.prefix.clone().unwrap_or_default(), delimiter: input.delimiter.clone(), after, limit };
    let bucket = input.bucket.clone();
    let listing = backend
        .catalogue
        .read(move |connection| {
            if query.limit == 0 {
                return tables::bucket_exists(connection, &bucket).map(|()| Listing::default());
            }
            tables::list(connection, &bucket, &query)
        })
        .await?;

    let url = input.encoding_type.as_ref().is_some_and(|encoding| encoding.as_str() == EncodingType::URL);
    let text = |value: String| if url { percent_encode(&value) } else { value };
    let key_count = i32::try_from(listing.objects.len() + listing.prefixes.len()).unwrap_or(MAX_PAGE);
    let objects = listing.objects.into_iter().map(|listed| Object {
        key: Some(text(listed.key)),
        size: Some(size(listed.size)),
        e_tag: Some(etag(&listed.etag)),
        last_modified: Some(timestamp(listed.modified_ms)),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Object::default()
    });
    let prefixes = listing.prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(text(prefix)) });
    Ok(S3Response::new(ListObjectsV2Output {
        contents: Some(objects.collect()),
        common_prefixes: Some(prefixes.collect()),
        key_count: Some(key_count),
        max_keys: Some(max_keys.min(MAX_PAGE)),
        is_truncated: Some(listing.next.is_some()),
        next_continuation_token: listing.next.as_ref().map(to_token),
        name: Some(input.bucket),
        prefix: input.prefix.map(text),
        delimiter: input.delimiter.map(text),
        start_after: input.start_after.map(text),
        continuation_token: input.continuation_token,
        encoding_type: input.encoding_type,
        ..ListObjectsV2Output::default()
    }))
}

pub(super) async fn list_parts(backend: &Backend, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
    let input = request.input;
    let max_parts = input.max_parts.unwrap_or(MAX_PAGE);
    let limit = page(max_parts, "max-parts")?;
    let after = u32::try_from(input.part_number_marker.unwrap_or(0))
        .map_err(|_| s3_error!(InvalidArgument, "part-number-marker must not be negative"))?;
    let (id, bucket, key) = (input.upload_id.clone(), input.bucket.clone(), input.key.clone());
    let mut parts = backend
        .catalogue
        .read(move |connection| {
            tables::find_upload(connection, &id, (&bucket, &key))?;
            tables::parts(connection, &id, after, limit + 1)
        })
        .await?;
    let more = parts.len() > limit;
    parts.truncate(limit);
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let last = parts.last().map(|part| number(part.number));
    let parts = parts.into_iter().map(|part| Part {
        part_number: Some(number(part.number)),
        size: Some(size(part.size)),
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified_ms)),
        ..Part::default()
    });
    Ok(S3Response::new(ListPartsOutput {
        parts: Some(parts.collect()),
        is_truncated: Some(more),
        next_part_number_marker: last.filter(|_| more),
        part_number_marker: input.part_number_marker,
        max_parts: Some(max_parts.min(MAX_PAGE)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        ..ListPartsOutput::default()
    }))
}

fn page(asked: i32, field: &str) -> S3Result<usize> {
    usize::try_from(asked.min(MAX_PAGE)).map_err(|_| s3_error!(InvalidArgument, "{field} must not be negative, not {asked}"))
}

/// Opaque to the client: `k` and a key, or `p` and a common prefix, in base64.
fn to_token(marker: &Marker) -> String {
    let text = match marker {
        Marker::Start => String::from("k"),
        Marker::Key(key) => format!("k{key}"),
        Marker::Prefix(prefix) => format!("p{prefix}"),
    };
    URL_SAFE_NO_PAD.encode(text)
}

fn from_token(token: &str) -> S3Result<Marker> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let marker = text.as_deref().and_then(|text| match text.split_at_checked(1)? {
        ("k", "") => Some(Marker::Start),
        ("k", key) => Some(Marker::Key(key.to_owned())),
        ("p", prefix) => Some(Marker::Prefix(prefix.to_owned())),
        _ => None,
    });
    marker.ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is not one that a listing gave"))
}

/// As S3 encodes keys when asked to, so that any key survives XML.
fn percent_encode(value: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests;
