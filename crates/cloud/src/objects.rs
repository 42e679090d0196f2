//! The object store: schemas, logs, artifacts. Big things never pass through here, only leave to read them.

mod parts;
mod presigned;
mod removing;
mod size;

use aws_sdk_s3::{
    Client,
    config::RequestChecksumCalculation,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use bytes::Bytes;
pub use presigned::Reading;

/// A failed call to the object store.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The store did not answer, or asked for patience: the same call may go through later.
    #[error("the object store does not answer: {0}")]
    Unavailable(String),
    /// The store refused the call as such; repeating it will not help.
    #[error("the object store refused {operation} of {key}: {detail}")]
    Refused {
        /// What was called.
        operation: &'static str,
        /// On what.
        key: String,
        /// What it said.
        detail: String,
    },
}

/// A handle on the data bucket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Objects {
    client: Client,
    /// Makes presigned URLs: its endpoint is the one that browsers and agents reach.
    signer: Client,
    bucket: std::sync::Arc<str>,
}

impl Objects {
    /// The bucket named `bucket`, as `client` reaches it; URLs are signed for the endpoint of `signer`.
    pub fn new(client: Client, signer: Client, bucket: &str) -> Self {
        // Who uploads by a URL says by itself what its body is: nothing about a body can be known when it is signed.
        let signing = signer.config().to_builder().request_checksum_calculation(RequestChecksumCalculation::WhenRequired).build();
        Self { client, signer: Client::from_conf(signing), bucket: bucket.into() }
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Makes the bucket unless it is there; at home only.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn create_bucket(&self) -> Result<(), ObjectError> {
        if self.client.head_bucket().bucket(&*self.bucket).send().await.is_ok() {
            return Ok(());
        }
        match self.client.create_bucket().bucket(&*self.bucket).send().await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), Some("BucketAlreadyOwnedByYou" | "BucketAlreadyExists")) => Ok(()),
            Err(error) => Err(failed("CreateBucket", &self.bucket, error)),
        }
    }

    /// Stores `body` under `key`.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn put(&self, key: &str, content_type: &str, body: Bytes) -> Result<(), ObjectError> {
        let call = self.client.put_object().bucket(&*self.bucket).key(key).content_type(content_type).body(ByteStream::from(body));
        call.send().await.map(drop).map_err(|error| failed("PutObject", key, error))
    }

    /// A whole object; `None` if there is none.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, ObjectError> {
        self.read(key, None).await
    }

    /// `length` bytes of an object from `offset`; `None` if there is no such object.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Bytes>, ObjectError> {
        self.read(key, Some(format!("bytes={offset}-{}", offset.saturating_add(length.max(1) - 1)))).await
    }

    async fn read(&self, key: &str, range: Option<String>) -> Result<Option<Bytes>, ObjectError> {
        let answer = match self.client.get_object().bucket(&*self.bucket).key(key).set_range(range).send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) => return Err(failed("GetObject", key, error)),
        };
        let body = answer.body.collect().await.map_err(|error| ObjectError::Unavailable(format!("GetObject of {key}: {error}")))?;
        Ok(Some(body.into_bytes()))
    }

    /// Keys and sizes of at most `limit` objects (1,000 at the most) whose keys begin with `prefix`, and after which key the next page begins.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn list(&self, prefix: &str, after: Option<&str>, limit: i32) -> Result<(Vec<(String, u64)>, Option<String>), ObjectError> {
        let call = self.client.list_objects_v2().bucket(&*self.bucket).prefix(prefix).set_start_after(after.map(str::to_owned));
        let answer = call.max_keys(limit).send().await.map_err(|error| failed("ListObjectsV2", prefix, error))?;
        let objects = answer.contents.unwrap_or_default().into_iter();
        let objects: Vec<(String, u64)> =
            objects.filter_map(|object| Some((object.key?, u64::try_from(object.size.unwrap_or(0)).unwrap_or(0)))).collect();
        let next = answer.is_truncated.unwrap_or(false).then(|| objects.last().map(|(key, _)| key.clone())).flatten();
        Ok((objects, next))
    }
}

fn failed<E, R>(operation: &'static str, key: &str, error: SdkError<E, R>) -> ObjectError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    let passing = match &error {
        SdkError::ServiceError(service) => matches!(service.err().code(), Some("SlowDown" | "InternalError" | "ServiceUnavailable")),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        _ => false,
    };
    let detail = DisplayErrorContext(&error).to_string();
    if passing {
        ObjectError::Unavailable(format!("{operation} of {key}: {detail}"))
    } else {
        ObjectError::Refused { operation, key: key.to_owned(), detail }
    }
}
