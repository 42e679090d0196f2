//! Puts things into the object store.

use std::{ops::Range, path::Path};

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::{ByteStream, Length},
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

/// Larger files go in parts, of this size at least.
const PART_BYTES: u64 = 16 << 20;

/// A file has at most so many parts (the service takes 10,000).
const PARTS_MAX: u64 = 9_000;

/// So many parts of one file travel at a time.
const PARTS_AT_ONCE: usize = 2;

/// Bytes that are read from a file at a time.
const READ_BYTES: usize = 64 << 10;

/// The object store, in which an agent may write below its prefix.
#[derive(Clone)]
pub struct Objects {
    client: Client,
    bucket: String,
}

/// Why something could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The credentials have ended or were never right. Renew the session, then try again.
    #[error("the object store refuses the credentials for {key:?}: {reason}")]
    Denied {
        /// What was to be stored.
        key: String,
        /// What the store says.
        reason: String,
    },
    /// The store cannot be reached or is unwell. Try again.
    #[error("{key:?} cannot be stored now: {reason}")]
    Passing {
        /// What was to be stored.
        key: String,
        /// What went wrong.
        reason: String,
    },
    /// The store refuses. Trying again is no use.
    #[error("the object store refuses {key:?}: {reason}")]
    Refused {
        /// What was to be stored.
        key: String,
        /// What the store says.
        reason: String,
    },
    /// The file on disk cannot be read. Trying again is no use.
    #[error("the file for {key:?} cannot be read: {reason}")]
    File {
        /// What was to be stored.
        key: String,
        /// What went wrong.
        reason: String,
    },
}

impl Objects {
    pub(super) fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// Stores bytes.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn put(&self, key: &str, content_type: &str, bytes: impl Into<Bytes>) -> Result<(), ObjectError> {
        let body = ByteStream::from(bytes.into());
        let sent = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type).body(body).send().await;
        sent.map(drop).map_err(|error| sorted(key, &error))
    }

    /// Removes an object. That it is not there is fine.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        let sent = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        sent.map(drop).map_err(|error| sorted(key, &error))
    }

    /// Stores `range` of the file at `path`, in parts when it is large. Memory does not grow with the file.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub async fn put_file(&self, key: &str, content_type: &str, path: &Path, range: Range<u64>) -> Result<(), ObjectError> {
        if range.end - range.start <= PART_BYTES {
            let body = part(key, path, range).await?;
            let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type).body(body);
            let sent = request.customize().disable_payload_signing().send().await;
            return sent.map(drop).map_err(|error| sorted(key, &error));
        }
        let begun = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type).send().await;
        let begun = begun.map_err(|error| sorted(key, &error))?;
        let upload = begun.upload_id().unwrap_or_default();
        let done = self.put_parts(key, upload, path, range).await;
        if done.is_err() {
            // What stays behind is removed by the bucket's rules; this is only politeness.
            let _ = self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload).send().await;
        }
        done
    }

    async fn put_parts(&self, key: &str, upload: &str, path: &Path, range: Range<u64>) -> Result<(), ObjectError> {
        let part_bytes = PART_BYTES.max((range.end - range.start).div_ceil(PARTS_MAX));
        let begins = range.clone().step_by(usize::try_from(part_bytes).unwrap_or(usize::MAX));
        let mut parts: Vec<CompletedPart> = stream::iter((1..).zip(begins))
            .map(|(number, from)| self.put_part(key, upload, path, number, from..range.end.min(from + part_bytes)))
            .buffer_unordered(PARTS_AT_ONCE)
            .try_collect()
            .await?;
        parts.sort_unstable_by_key(|part| part.part_number);
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload).multipart_upload(parts);
        request.send().await.map(drop).map_err(|error| sorted(key, &error))
    }

    async fn put_part(&self, key: &str, upload: &str, path: &Path, number: i32, range: Range<u64>) -> Result<CompletedPart, ObjectError> {
        let body = part(key, path, range).await?;
        let request = self.client.upload_part().bucket(&self.bucket).key(key).upload_id(upload).part_number(number).body(body);
        let sent = request.customize().disable_payload_signing().send().await.map_err(|error| sorted(key, &error))?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build())
    }
}

/// Bytes of a file, read when they are sent and again when they are sent again.
async fn part(key: &str, path: &Path, range: Range<u64>) -> Result<ByteStream, ObjectError> {
    let length = Length::Exact(range.end - range.start);
    let reading = ByteStream::read_from().path(path).offset(range.start).length(length).buffer_size(READ_BYTES);
    reading.build().await.map_err(|error| ObjectError::File { key: key.to_owned(), reason: error.to_string() })
}

/// Puts what went wrong where the caller knows what to do about it.
fn sorted<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(key: &str, error: &SdkError<E>) -> ObjectError {
    let key = key.to_owned();
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let said = || {
        let (code, message) = (error.code().unwrap_or("no code"), error.message().unwrap_or("no message"));
        format!("{code}: {message}")
    };
    match status {
        Some(401 | 403) => ObjectError::Denied { key, reason: said() },
        Some(400) if error.code().is_some_and(|code| code.ends_with("Token") || code.contains("Expired")) => {
            ObjectError::Denied { key, reason: said() }
        }
        Some(429 | 500..) => ObjectError::Passing { key, reason: said() },
        Some(_) => ObjectError::Refused { key, reason: said() },
        None => ObjectError::Passing { key, reason: DisplayErrorContext(error).to_string() },
    }
}
