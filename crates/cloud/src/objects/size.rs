//! What is known of an object without reading it.

use super::{ObjectError, Objects, failed};

impl Objects {
    /// How many bytes an object has; `None` if there is none.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn size(&self, key: &str) -> Result<Option<u64>, ObjectError> {
        match self.client.head_object().bucket(&*self.bucket).key(key).send().await {
            Ok(answer) => Ok(Some(answer.content_length.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0))),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => Ok(None),
            Err(error) => Err(failed("HeadObject", key, error)),
        }
    }
}
