//! Conditional requests: RFC 9110 section 13 for reads, and what S3 makes of it for writes and copies.

use http::HeaderMap;
use s3s::dto::{ETagCondition, Timestamp};
use s3s::{S3Error, S3Result, s3_error};

use crate::s3::catalogue::{CatalogueError, Condition, Entry};

use super::{etag, timestamp};

/// The condition of a write. S3 knows `If-None-Match: *` and `If-Match` with an ETag or `*`.
pub(super) fn of_write(if_match: Option<ETagCondition>, if_none_match: Option<ETagCondition>) -> S3Result<Condition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Condition::Always),
        (None, Some(ETagCondition::Any)) => Ok(Condition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Condition::Present),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Condition::Etag(etag.into_value())),
        (None, Some(ETagCondition::ETag(_))) => Err(s3_error!(NotImplemented, "If-None-Match of a write must be *")),
        (Some(_), Some(_)) => Err(s3_error!(NotImplemented, "a write takes If-Match or If-None-Match, not both")),
    }
}

/// The conditions of a read.
#[derive(Debug, Default)]
pub(super) struct ReadConditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

/// What the conditions make of a read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Proceed,
    NotModified,
    Failed(&'static str),
}

impl ReadConditions {
    /// In the order of RFC 9110 section 13.2.2. Times are compared in whole seconds: HTTP knows no finer ones.
    pub(super) fn evaluate(&self, entry: &Entry) -> Outcome {
        let modified = timestamp(entry.modified_ms.div_euclid(1000) * 1000);
        match (&self.if_match, &self.if_unmodified_since) {
            (Some(wanted), _) if !names(wanted, &entry.etag) => return Outcome::Failed("If-Match"),
            (None, Some(time)) if modified > *time => return Outcome::Failed("If-Unmodified-Since"),
            _ => {}
        }
        match (&self.if_none_match, &self.if_modified_since) {
            (Some(known), _) if names(known, &entry.etag) => Outcome::NotModified,
            (None, Some(time)) if modified <= *time => Outcome::NotModified,
            _ => Outcome::Proceed,
        }
    }

    /// For GET and HEAD: 304 with the ETag, or 412.
    pub(super) fn check(&self, entry: &Entry) -> S3Result<()> {
        match self.evaluate(entry) {
            Outcome::Proceed => Ok(()),
            Outcome::Failed(header) => Err(CatalogueError::Precondition(header).into()),
            Outcome::NotModified => Err(not_modified(entry)),
        }
    }

    /// For the source of a copy, where there is no 304.
    pub(super) fn check_source(&self, entry: &Entry) -> Result<(), CatalogueError> {
        match self.evaluate(entry) {
            Outcome::Proceed => Ok(()),
            Outcome::Failed(header) => Err(CatalogueError::Precondition(header)),
            Outcome::NotModified => Err(CatalogueError::Precondition("x-amz-copy-source-if-none-match")),
        }
    }
}

fn names(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.value() == etag,
    }
}

fn not_modified(entry: &Entry) -> S3Error {
    let mut error = s3_error!(NotModified);
    error.set_status_code(http::StatusCode::NOT_MODIFIED);
    let mut headers = HeaderMap::new();
    if let Ok(value) = etag(&entry.etag).to_http_header() {
        headers.insert(http::header::ETAG, value);
    }
    error.set_headers(headers);
    error
}

#[cfg(test)]
mod tests;
