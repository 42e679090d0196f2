//! Giving up an import that will not end, so that the system is new again.
//!
//! Objects that came stay in the object store: nothing names them any more, and the same import brings them to the same keys again.

use kraken_protocol::api::ImportAbandoned;
use kraken_store::Cursor;

use crate::{Control, ControlError};

impl Control {
    /// Removes the records that an unfinished import brought, and the queues of its agents, some at a time; at last the note of the import.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] when no import was begun; another [`ControlError`] when something that is needed failed: call again.
    pub async fn abandon_import(&self, after: Option<&Cursor>) -> Result<ImportAbandoned, ControlError> {
        self.must_be_importing().await?;
        let page = self.store.imported(after).await?;
        // Queues first: an agent that is gone names none.
        for item in &page.items {
            if let Some(agent) = item.agent() {
                self.queues.delete_agent_queue(agent).await?;
            }
        }
        self.store.remove_imported(&page.items).await?;
        if page.next.is_none() {
            self.store.end_import().await?;
        }
        Ok(ImportAbandoned { removed: page.items.len() as u64, next: page.next.map(|cursor| cursor.to_string()) })
    }
}
