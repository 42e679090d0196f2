//! The object store: schemas, logs, artifacts. Big things never pass through here, only leave to read them.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;

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
        Self { client, signer, bucket: bucket.into() }
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

    /// A stream over a whole object; `None` if there is none.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn stream(&self, key: &str) -> Result<Option<ByteStream>, ObjectError> {
        match self.client.get_object().bucket(&*self.bucket).key(key).send().await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(None),
            Err(error) => Err(failed("GetObject", key, error)),
        }
    }

    /// Keys and sizes of objects whose keys begin with `prefix`, a page of them, and after which key the next page begins.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<(Vec<(String, u64)>, Option<String>), ObjectError> {
        let call = self.client.list_objects_v2().bucket(&*self.bucket).prefix(prefix).set_start_after(after.map(str::to_owned));
        let answer = call.send().await.map_err(|error| failed("ListObjectsV2", prefix, error))?;
        let objects = answer.contents.unwrap_or_default().into_iter();
        let objects: Vec<(String, u64)> =
            objects.filter_map(|object| Some((object.key?, u64::try_from(object.size.unwrap_or(0)).unwrap_or(0)))).collect();
        let next = answer.is_truncated.unwrap_or(false).then(|| objects.last().map(|(key, _)| key.clone())).flatten();
        Ok((objects, next))
    }

    /// Begins to store an object in parts.
    pub fn upload(&self, key: &str) -> Upload {
        Upload { objects: self.clone(), key: key.to_owned(), first: None, id: None, parts: Vec::new() }
    }

    /// A URL that lets its bearer read one object for a while. `file_name`: what a browser shall call it.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn presigned_get(&self, key: &str, valid: Duration, file_name: Option<&str>) -> Result<String, ObjectError> {
        let refused = |detail: String| ObjectError::Refused { operation: "presign GetObject", key: key.to_owned(), detail };
        let config = PresigningConfig::expires_in(valid).map_err(|error| refused(error.to_string()))?;
        let disposition = file_name.map(|name| format!("attachment; filename=\"{}\"", name.replace(['"', '\\', '\r', '\n'], "_")));
        let call = self.signer.get_object().bucket(&*self.bucket).key(key).set_response_content_disposition(disposition);
        let signed = call.presigned(config).await.map_err(|error| refused(DisplayErrorContext(&error).to_string()))?;
        Ok(signed.uri().to_owned())
    }
}

/// An object that is being stored in parts. One part alone is stored at once; all but the last must have at least 5 MiB.
#[derive(Debug)]
pub struct Upload {
    objects: Objects,
    key: String,
    first: Option<Bytes>,
    id: Option<String>,
    parts: Vec<CompletedPart>,
}

impl Upload {
    /// Takes the next part.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn part(&mut self, body: Bytes) -> Result<(), ObjectError> {
        if self.first.is_none() && self.id.is_none() {
            self.first = Some(body);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            let call = self.objects.client.create_multipart_upload().bucket(&*self.objects.bucket).key(&self.key);
            let made = call.send().await.map_err(|error| failed("CreateMultipartUpload", &self.key, error))?;
            self.id = made.upload_id;
            self.send(first).await?;
        }
        self.send(body).await
    }

    async fn send(&mut self, body: Bytes) -> Result<(), ObjectError> {
        let number = i32::try_from(self.parts.len()).unwrap_or(i32::MAX).saturating_add(1);
        let call = self.objects.client.upload_part().bucket(&*self.objects.bucket).key(&self.key).set_upload_id(self.id.clone());
        let call = call.part_number(number).body(ByteStream::from(body));
        let sent = call.send().await.map_err(|error| failed("UploadPart", &self.key, error))?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build());
        Ok(())
    }

    /// Completes the object: from now on it exists.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn finish(self) -> Result<(), ObjectError> {
        let Some(id) = self.id else {
            return self.objects.put(&self.key, "application/octet-stream", self.first.unwrap_or_default()).await;
        };
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let call = self.objects.client.complete_multipart_upload().bucket(&*self.objects.bucket).key(&self.key);
        let call = call.upload_id(id).multipart_upload(parts);
        call.send().await.map(drop).map_err(|error| failed("CompleteMultipartUpload", &self.key, error))
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
