//! Removing objects, many at a time. What is gone already stays so.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::{ObjectError, Objects, failed};

/// The most keys that one request removes, and one page lists.
const KEYS_AT_ONCE: usize = 1000;

impl Objects {
    /// Removes the objects with these keys.
    ///
    /// # Errors
    /// [`ObjectError`]: some may be gone.
    pub async fn remove(&self, keys: &[String]) -> Result<(), ObjectError> {
        for some in keys.chunks(KEYS_AT_ONCE) {
            let first = some[0].as_str();
            let wrong = |detail: String| ObjectError::Refused { operation: "DeleteObjects", key: first.to_owned(), detail };
            let named = some.iter().map(|key| ObjectIdentifier::builder().key(key).build());
            let named = named.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(error.to_string()))?;
            let delete = Delete::builder().set_objects(Some(named)).quiet(true).build().map_err(|error| wrong(error.to_string()))?;
            let call = self.client.delete_objects().bucket(&*self.bucket).delete(delete);
            let answer = call.send().await.map_err(|error| failed("DeleteObjects", first, error))?;
            // Those that it could remove are gone; of what it could not, one says why.
            if let Some(left) = answer.errors().first() {
                let (key, code) = (left.key().unwrap_or(first), left.code().unwrap_or("no code"));
                let detail = format!("{code}: {}", left.message().unwrap_or("no reason given"));
                return Err(match code {
                    "AccessDenied" => ObjectError::Refused { operation: "DeleteObjects", key: key.to_owned(), detail },
                    _ => ObjectError::Unavailable(format!("DeleteObjects of {key}: {detail}")),
                });
            }
        }
        Ok(())
    }

    /// Removes the objects whose keys begin with `prefix`, but for those whose keys begin with `except`; says how many went.
    ///
    /// # Errors
    /// [`ObjectError`]: some may be gone.
    pub async fn remove_below(&self, prefix: &str, except: Option<&str>) -> Result<usize, ObjectError> {
        let (mut after, mut removed) = (None, 0);
        loop {
            let (page, next) = self.list(prefix, after.as_deref(), i32::try_from(KEYS_AT_ONCE).unwrap_or(i32::MAX)).await?;
            let stays = |key: &String| except.is_some_and(|except| key.starts_with(except));
            let keys: Vec<String> = page.into_iter().map(|(key, _)| key).filter(|key| !stays(key)).collect();
            self.remove(&keys).await?;
            removed += keys.len();
            // What stays is not paged through: it may be much more than what goes.
            after = next.map(|last| if stays(&last) { past_all(except.unwrap_or_default()) } else { last });
            if after.is_none() {
                return Ok(removed);
            }
        }
    }
}

/// Sorts after every key that begins with `prefix`, and before whatever sorts after those.
fn past_all(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}
