//! S3's operations over the catalogue and the bodies. `s3s` has parsed the request and checked its signature and
//! rights; what is left is to do it.
//!
//! Everything not implemented here answers `NotImplemented`.

mod buckets;
mod conditions;
mod copy;
mod delete;
mod get;
mod listing;
mod multipart;
mod put;

use std::sync::Arc;

use jiff::Timestamp;
use s3s::dto::{self, ETag};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};

use super::bodies::{Bodies, ReceiveError};
use super::catalogue::{Catalogue, CatalogueError};
use crate::clock::Now;

/// What the operations work on. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Backend {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) bodies: Bodies,
    pub(crate) now: Now,
}

impl Backend {
    fn now_ms(&self) -> i64 {
        (self.now)().as_millisecond()
    }
}

/// Implements each operation by the function of its name in a module of this folder.
macro_rules! operations {
    ($($name:ident in $module:ident: $input:ident => $output:ident;)*) => {
        #[async_trait::async_trait]
        impl S3 for Backend {
            $(async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                $module::$name(self, request).await
            })*
        }
    };
}

operations! {
    create_bucket in buckets: CreateBucketInput => CreateBucketOutput;
    head_bucket in buckets: HeadBucketInput => HeadBucketOutput;
    list_buckets in buckets: ListBucketsInput => ListBucketsOutput;
    put_object in put: PutObjectInput => PutObjectOutput;
    get_object in get: GetObjectInput => GetObjectOutput;
    head_object in get: HeadObjectInput => HeadObjectOutput;
    delete_object in delete: DeleteObjectInput => DeleteObjectOutput;
    delete_objects in delete: DeleteObjectsInput => DeleteObjectsOutput;
    copy_object in copy: CopyObjectInput => CopyObjectOutput;
    list_objects_v2 in listing: ListObjectsV2Input => ListObjectsV2Output;
    list_parts in listing: ListPartsInput => ListPartsOutput;
    create_multipart_upload in multipart: CreateMultipartUploadInput => CreateMultipartUploadOutput;
    upload_part in multipart: UploadPartInput => UploadPartOutput;
    upload_part_copy in copy: UploadPartCopyInput => UploadPartCopyOutput;
    complete_multipart_upload in multipart: CompleteMultipartUploadInput => CompleteMultipartUploadOutput;
    abort_multipart_upload in multipart: AbortMultipartUploadInput => AbortMultipartUploadOutput;
}

impl From<CatalogueError> for S3Error {
    fn from(e: CatalogueError) -> Self {
        use CatalogueError as E;
        let code = match e {
            E::NoSuchBucket => s3s::S3ErrorCode::NoSuchBucket,
            E::BucketExists => s3s::S3ErrorCode::BucketAlreadyOwnedByYou,
            E::NoSuchKey => s3s::S3ErrorCode::NoSuchKey,
            E::NoSuchUpload => s3s::S3ErrorCode::NoSuchUpload,
            E::Precondition(_) => s3s::S3ErrorCode::PreconditionFailed,
            E::InvalidPart(_) => s3s::S3ErrorCode::InvalidPart,
            E::InvalidPartOrder => s3s::S3ErrorCode::InvalidPartOrder,
            E::PartTooSmall { .. } => s3s::S3ErrorCode::EntityTooSmall,
            E::SizeMismatch { .. } => s3s::S3ErrorCode::InvalidRequest,
            E::Storage(_) => return internal(),
        };
        Self::with_message(code, e.to_string())
    }
}

impl From<ReceiveError> for S3Error {
    fn from(e: ReceiveError) -> Self {
        match &e {
            ReceiveError::TooLarge { .. } => s3_error!(EntityTooLarge, "{e}"),
            ReceiveError::Stream(cause) => {
                // The errors of the signature check have no public type, only their names.
                let cause = cause.to_string();
                if cause.contains("Sha256Mismatch") {
                    let code = s3s::S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
                    let mut error = Self::with_message(code, "the body does not match x-amz-content-sha256");
                    error.set_status_code(http::StatusCode::BAD_REQUEST);
                    error
                } else if cause.contains("SignatureMismatch") {
                    s3_error!(SignatureDoesNotMatch, "a chunk of the body does not match its signature")
                } else {
                    s3_error!(IncompleteBody, "the body ended before all of it had come")
                }
            }
            ReceiveError::Io(_) | ReceiveError::Stopped(_) => internal(),
        }
    }
}

/// The reason stands in the log of the server; the client can only try again.
fn internal() -> S3Error {
    s3_error!(InternalError, "the object store could not complete the request; try again")
}

fn etag(value: &str) -> ETag {
    ETag::Strong(value.to_owned())
}

fn timestamp(ms: i64) -> dto::Timestamp {
    let time = Timestamp::from_millisecond(ms).unwrap_or_default();
    std::time::SystemTime::from(time).into()
}

fn size(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Buckets here keep one version of each object, which S3 calls `null`.
fn only_version(version: Option<&str>) -> S3Result<()> {
    match version {
        None | Some("null") => Ok(()),
        Some(other) => Err(s3_error!(NoSuchVersion, "version {other:?} does not exist: the bucket keeps no versions")),
    }
}
