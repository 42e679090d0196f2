//! GET and HEAD of an object.
//!
//! Invariant: what a GET sends is the body that was current when it began, whole, whatever is written meanwhile.

use std::io;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use rusqlite::Connection;
use s3s::dto::{ChecksumMode, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range, StreamingBlob};
use s3s::{Body, S3Error, S3Request, S3Response, S3Result, s3_error};

use super::conditions::ReadConditions;
use super::{Backend, etag, only_version, size, timestamp};
use crate::s3::bodies::{Bodies, FileBody, Pin, Span};
use crate::s3::catalogue::{CatalogueError, Content, Entry, Object, Piece, tables};
use crate::s3::digests::checksum_headers;

/// How often a read starts over because the object was replaced under it.
const ATTEMPTS: usize = 16;

/// An object whose body cannot vanish any more.
pub(super) struct Opened {
    pub(super) entry: Entry,
    source: Source,
}

enum Source {
    Memory(bytes::Bytes),
    Files { spans: Vec<Span>, pin: Option<Pin> },
}

pub(super) async fn get_object(backend: &Backend, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    only_version(input.version_id.as_deref())?;
    if input.part_number.is_some() {
        return Err(s3_error!(NotImplemented, "GetObject by part number is not implemented; use Range"));
    }
    let opened = open(backend, input.bucket, input.key).await?;
    let entry = &opened.entry;
    let conditions = ReadConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    conditions.check(entry)?;

    let mut headers = entry.attributes.to_headers();
    let overridden = [
        (header::CONTENT_TYPE, input.response_content_type.is_some()),
        (header::CONTENT_ENCODING, input.response_content_encoding.is_some()),
        (header::CONTENT_DISPOSITION, input.response_content_disposition.is_some()),
        (header::CONTENT_LANGUAGE, input.response_content_language.is_some()),
        (header::CACHE_CONTROL, input.response_cache_control.is_some()),
        (header::EXPIRES, input.response_expires.is_some()),
    ];
    for (name, _) in overridden.iter().filter(|(_, given)| *given) {
        headers.remove(name);
    }
    let range = match input.range {
        None => None,
        Some(range) => Some(satisfiable(&range, entry.size)?),
    };
    if range.is_none() && wants_checksums(input.checksum_mode.as_ref()) {
        headers.extend(checksum_headers(&entry.attributes.checksums));
    }
    let (from, to) = range.unwrap_or((0, entry.size));
    let mut output = GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: Some(size(to - from)),
        content_range: range.map(|(from, to)| format!("bytes {from}-{}/{}", to - 1, entry.size)),
        e_tag: Some(etag(&entry.etag)),
        last_modified: Some(timestamp(entry.modified_ms)),
        metadata: Some(entry.attributes.metadata.clone()).filter(|metadata| !metadata.is_empty()),
        ..GetObjectOutput::default()
    };
    output.body = Some(opened.into_body(&backend.bodies, from, to));
    Ok(S3Response::with_headers(output, headers))
}

pub(super) async fn head_object(backend: &Backend, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    only_version(input.version_id.as_deref())?;
    let (bucket, key) = (input.bucket, input.key);
    let entry = backend.catalogue.read(move |connection| tables::find(connection, &bucket, &key)).await?;
    let conditions = ReadConditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&entry)?;
    let mut headers = entry.attributes.to_headers();
    if wants_checksums(input.checksum_mode.as_ref()) {
        headers.extend(checksum_headers(&entry.attributes.checksums));
    }
    let output = HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        content_length: Some(size(entry.size)),
        e_tag: Some(etag(&entry.etag)),
        last_modified: Some(timestamp(entry.modified_ms)),
        metadata: Some(entry.attributes.metadata).filter(|metadata| !metadata.is_empty()),
        ..HeadObjectOutput::default()
    };
    Ok(S3Response::with_headers(output, headers))
}

/// Finds an object and takes hold of its body.
pub(super) async fn open(backend: &Backend, bucket: String, key: String) -> S3Result<Opened> {
    let bodies = backend.bodies.clone();
    let opened = backend.catalogue.read(move |connection| open_blocking(connection, &bodies, &bucket, &key)).await?;
    Ok(opened)
}

fn open_blocking(connection: &Connection, bodies: &Bodies, bucket: &str, key: &str) -> Result<Opened, CatalogueError> {
    for _ in 0..ATTEMPTS {
        let Object { entry, content } = tables::find_with_content(connection, bucket, key)?;
        let pieces = match content {
            Content::Inline(bytes) => return Ok(Opened { entry, source: Source::Memory(bytes) }),
            Content::Pieces(pieces) => pieces,
        };
        if let [piece] = pieces[..] {
            match bodies.read(piece.id) {
                Ok(file) => {
                    let spans = vec![Span { id: piece.id, file: Some(Arc::new(file)), from: 0, len: piece.len }];
                    return Ok(Opened { entry, source: Source::Files { spans, pin: None } });
                }
                // Replaced and removed since the row was read; the row is another one now.
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e.into()),
            }
        }
        let pin = bodies.pin(pieces.iter().map(|piece| piece.id).collect());
        if still_has(connection, bucket, key, &pieces)? {
            let spans = pieces.iter().map(|piece| Span { id: piece.id, file: None, from: 0, len: piece.len }).collect();
            return Ok(Opened { entry, source: Source::Files { spans, pin: Some(pin) } });
        }
    }
    Err(CatalogueError::Storage(format!("the body of {bucket}/{key} is missing, or it is replaced without pause")))
}

/// Is the body still the one that was pinned? Then the pin came before any removal.
fn still_has(connection: &Connection, bucket: &str, key: &str, pieces: &[Piece]) -> Result<bool, CatalogueError> {
    let now = tables::find_with_content(connection, bucket, key)?;
    Ok(matches!(now.content, Content::Pieces(current) if current == pieces))
}

impl Opened {
    /// The bytes `from..to` of the body.
    pub(super) fn into_body(self, bodies: &Bodies, from: u64, to: u64) -> StreamingBlob {
        match self.source {
            Source::Memory(bytes) => {
                // Inline bodies are far smaller than any usize.
                let (from, to) = (usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(bytes.len()));
                StreamingBlob::from(Body::from(bytes.slice(from..to)))
            }
            Source::Files { spans, pin } => StreamingBlob::new(FileBody::new(bodies.clone(), cut(spans, from, to), pin)),
        }
    }
}

/// The parts of `spans` that make up the bytes `from..to` of the whole.
fn cut(spans: Vec<Span>, from: u64, to: u64) -> Vec<Span> {
    let mut start = 0;
    let mut kept = Vec::new();
    for span in spans {
        let end = start + span.len;
        let (first, last) = (from.max(start), to.min(end));
        if first < last {
            kept.push(Span { from: span.from + first - start, len: last - first, ..span });
        }
        start = end;
    }
    kept
}

/// The first byte and the one after the last, or 416 with the size in `Content-Range`.
fn satisfiable(range: &Range, full: u64) -> S3Result<(u64, u64)> {
    match range.check(full) {
        Ok(range) if range.start < range.end => Ok((range.start, range.end)),
        _ => {
            let mut error: S3Error = s3_error!(InvalidRange, "the range is outside of the {full} bytes of the object");
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{full}")) {
                headers.insert(header::CONTENT_RANGE, value);
            }
            error.set_headers(headers);
            Err(error)
        }
    }
}

fn wants_checksums(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}
