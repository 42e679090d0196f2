//! Objects that others store in parts: begun and completed here, each part stored by a URL.

use aws_sdk_s3::{
    error::ProvideErrorMetadata,
    types::{CompletedMultipartUpload, CompletedPart},
};

use super::{ObjectError, Objects, failed};

/// The metadata that tells uploads of one key apart.
const MARK: &str = "kraken-upload";

impl Objects {
    /// Begins an upload in parts, and gives its id. All parts but the last must have at least 5 MiB. The object will bear `mark`: see
    /// [`Objects::is_of_parts`].
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn begin_parts(&self, key: &str, mark: &str) -> Result<String, ObjectError> {
        let call = self.client.create_multipart_upload().bucket(&*self.bucket).key(key).metadata(MARK, mark);
        let made = call.send().await.map_err(|error| failed("CreateMultipartUpload", key, error))?;
        made.upload_id.ok_or_else(|| ObjectError::Unavailable(format!("CreateMultipartUpload of {key}: it gave no id")))
    }

    /// Completes an upload out of the parts 1, 2, … with these ETags; `false` if there is no such upload, or its parts are others.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn complete_parts(&self, key: &str, upload: &str, etags: &[String]) -> Result<bool, ObjectError> {
        let parts = (1..).zip(etags).map(|(number, etag)| CompletedPart::builder().part_number(number).e_tag(etag).build());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let call = self.client.complete_multipart_upload().bucket(&*self.bucket).key(key).upload_id(upload).multipart_upload(parts);
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some("NoSuchUpload" | "InvalidPart" | "EntityTooSmall")) => Ok(false),
            Err(error) => Err(failed("CompleteMultipartUpload", key, error)),
        }
    }

    /// Whether the object of that key was made of the upload in parts that was begun with this mark.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn is_of_parts(&self, key: &str, mark: &str) -> Result<bool, ObjectError> {
        match self.client.head_object().bucket(&*self.bucket).key(key).send().await {
            Ok(answer) => Ok(answer.metadata.and_then(|mut metadata| metadata.remove(MARK)).is_some_and(|found| found == mark)),
            Err(error) if error.as_service_error().is_some_and(aws_sdk_s3::operation::head_object::HeadObjectError::is_not_found) => {
                Ok(false)
            }
            Err(error) => Err(failed("HeadObject", key, error)),
        }
    }
}
