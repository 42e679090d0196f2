//! Writing many items at once, each by itself and without a condition.

use aws_sdk_dynamodb::types::{DeleteRequest, WriteRequest};

use crate::{Key, Store, StoreError, error::failed};

/// The most items that one batch writes.
pub(crate) const ITEMS_PER_BATCH: usize = 25;
/// Rounds of a batch that the table takes in parts.
const ROUNDS_MAX: usize = 20;

impl Store {
    /// Does at most [`ITEMS_PER_BATCH`] writes, in any order. Repeated after a failure, it is the same as once.
    pub(crate) async fn write_batch(&self, mut open: Vec<WriteRequest>) -> Result<(), StoreError> {
        for _ in 0..ROUNDS_MAX {
            if open.is_empty() {
                return Ok(());
            }
            let call = self.client.batch_write_item().request_items(&*self.table, open);
            let answer = call.send().await.map_err(|error| failed("BatchWriteItem", error))?;
            open = answer.unprocessed_items.and_then(|mut tables| tables.remove(&*self.table)).unwrap_or_default();
        }
        Err(StoreError::Unavailable("BatchWriteItem: the table takes no more".to_owned()))
    }

    /// Removes the items with these keys, whatever they are. What is gone already stays so.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed: some may be gone.
    pub(crate) async fn remove_items(&self, keys: impl Iterator<Item = Key>) -> Result<(), StoreError> {
        let keys: Vec<Key> = keys.collect();
        for batch in keys.chunks(ITEMS_PER_BATCH) {
            let deletes = batch.iter().map(|key| {
                let delete = DeleteRequest::builder().set_key(Some(key.to_item())).build();
                let delete = delete.map_err(|error| StoreError::Refused { operation: "BatchWriteItem", detail: error.to_string() })?;
                Ok(WriteRequest::builder().delete_request(delete).build())
            });
            self.write_batch(deletes.collect::<Result<_, StoreError>>()?).await?;
        }
        Ok(())
    }
}
