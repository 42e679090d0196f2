//! Buckets. A home server has one; whoever makes it again learns that it is there.

use s3s::dto::{Bucket, CreateBucketInput, CreateBucketOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput, ListBucketsOutput};
use s3s::{S3Request, S3Response, S3Result};

use super::{Backend, timestamp};
use crate::s3::catalogue::tables;

pub(super) async fn create_bucket(backend: &Backend, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
    let (bucket, now) = (request.input.bucket, backend.now_ms());
    let location = format!("/{bucket}");
    backend.catalogue.write(move |connection, _| tables::create_bucket(connection, &bucket, now)).await?;
    Ok(S3Response::new(CreateBucketOutput { location: Some(location) }))
}

pub(super) async fn head_bucket(backend: &Backend, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
    let bucket = request.input.bucket;
    backend.catalogue.read(move |connection| tables::bucket_exists(connection, &bucket)).await?;
    Ok(S3Response::new(HeadBucketOutput::default()))
}

pub(super) async fn list_buckets(backend: &Backend, _: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    let buckets = backend.catalogue.read(tables::buckets).await?;
    let buckets = buckets
        .into_iter()
        .map(|(name, created_ms)| Bucket { name: Some(name), creation_date: Some(timestamp(created_ms)), ..Bucket::default() })
        .collect();
    Ok(S3Response::new(ListBucketsOutput { buckets: Some(buckets), ..ListBucketsOutput::default() }))
}
