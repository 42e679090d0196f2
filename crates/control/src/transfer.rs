//! Moving everything from one system to another, in steps that each fit into a function: pages of records, and URLs by which the caller
//! reads and stores objects at the object store itself.
//!
//! Invariant: each step can be taken again. Until an import is finished the system notes that it is not whole, and takes it anew.

mod abandon;
mod import;
mod unfinished;

pub use unfinished::refused_since;

use std::time::Duration;

use kraken_cloud::Reading;
use kraken_protocol::{
    answer::{ANSWER_BYTES_MAX, escaped_bytes},
    api::StoredObject,
};
use kraken_store::{Cursor, Paged};
use serde_json::Value;

use crate::{Control, ControlError};

/// How long URLs are good, if the credentials that sign them are good so long.
const URLS_FOR: Duration = Duration::from_secs(3600);
/// Objects that one call names. A URL may have 2 KB.
const OBJECTS_PER_PAGE: i32 = 200;

impl Control {
    /// A page of all records. What happens meanwhile may be in it or not.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a cursor of another list.
    pub async fn export_records(&self, after: Option<&Cursor>) -> Result<Paged<Value>, ControlError> {
        let mut bytes = 0;
        // Half of what an answer may have: whoever reads it packs it into a request again.
        let fits = |item: &Value| {
            bytes += escaped_bytes(item.to_string().as_bytes()) + 1;
            bytes <= ANSWER_BYTES_MAX / 2
        };
        Ok(self.store.export(after, fits).await?)
    }

    /// A page of all objects in the order of their keys, with URLs to read them.
    ///
    /// # Errors
    /// [`ControlError`] when the object store failed.
    pub async fn export_objects(&self, after: Option<&Cursor>) -> Result<Paged<StoredObject>, ControlError> {
        let after = after.map(ToString::to_string);
        let (objects, next) = self.objects.list("", after.as_deref(), OBJECTS_PER_PAGE).await?;
        let mut items = Vec::with_capacity(objects.len());
        for (key, size) in objects {
            let url = self.objects.presigned_get(&key, URLS_FOR, Reading::default()).await?;
            items.push(StoredObject { key, size, url });
        }
        Ok(Paged { items, next: next.map(Cursor::from) })
    }
}
