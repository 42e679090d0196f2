//! Writing many items at once, each by itself and without a condition.

use aws_sdk_dynamodb::types::WriteRequest;

use crate::{Store, StoreError, error::failed};

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
}
