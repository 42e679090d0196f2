//! URLs that let their bearer do one thing with one object for a while, with the rights of who signed them and no others.
//!
//! They end early where the signer's own credentials do.

use std::time::Duration;

use aws_sdk_s3::{
    error::{DisplayErrorContext, SdkError},
    presigning::{PresignedRequest, PresigningConfig},
};

use super::{ObjectError, Objects};

/// What a reader shall make of an object. Nothing: what it was stored as.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'r> {
    /// The name under which a browser shall keep it.
    pub file_name: Option<&'r str>,
    /// What it is.
    pub content_type: Option<&'r str>,
}

impl Objects {
    /// A URL that lets its bearer read one object for a while.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn presigned_get(&self, key: &str, valid: Duration, reading: Reading<'_>) -> Result<String, ObjectError> {
        let name = reading.file_name.map(|name| name.replace(['"', '\\', '\r', '\n'], "_"));
        let call = self.signer.get_object().bucket(&*self.bucket).key(key);
        let call = call.set_response_content_disposition(name.map(|name| format!("attachment; filename=\"{name}\"")));
        let call = call.set_response_content_type(reading.content_type.map(str::to_owned));
        url("presign GetObject", key, call.presigned(lasting("presign GetObject", key, valid)?).await)
    }

    /// A URL that lets its bearer store one object for a while, over what is there.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn presigned_put(&self, key: &str, valid: Duration) -> Result<String, ObjectError> {
        let call = self.signer.put_object().bucket(&*self.bucket).key(key);
        url("presign PutObject", key, call.presigned(lasting("presign PutObject", key, valid)?).await)
    }

    /// A URL that lets its bearer store one part of an upload for a while.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn presigned_part(&self, key: &str, upload: &str, number: i32, valid: Duration) -> Result<String, ObjectError> {
        let call = self.signer.upload_part().bucket(&*self.bucket).key(key).upload_id(upload).part_number(number);
        url("presign UploadPart", key, call.presigned(lasting("presign UploadPart", key, valid)?).await)
    }
}

fn lasting(operation: &'static str, key: &str, valid: Duration) -> Result<PresigningConfig, ObjectError> {
    PresigningConfig::expires_in(valid).map_err(|error| refused(operation, key, error.to_string()))
}

fn url<E, R>(operation: &'static str, key: &str, signed: Result<PresignedRequest, SdkError<E, R>>) -> Result<String, ObjectError>
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let signed = signed.map_err(|error| refused(operation, key, DisplayErrorContext(&error).to_string()))?;
    Ok(signed.uri().to_owned())
}

fn refused(operation: &'static str, key: &str, detail: String) -> ObjectError {
    ObjectError::Refused { operation, key: key.to_owned(), detail }
}
