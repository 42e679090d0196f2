//! Giving up an import that will not end, so that the system is new again.
//!
//! Objects that came stay in the object store: nothing names them any more, and the same import brings them to the same keys again.

use futures::future::try_join_all;
use kraken_protocol::api::ImportAbandoned;
use kraken_store::{Cursor, Imported};

use crate::{Control, ControlError};

/// Queues that are removed at the same time.
const QUEUES_AT_ONCE: usize = 16;

impl Control {
    /// Removes the records that an unfinished import brought, and the queues of its agents, some at a time; at last the note of the import.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] when no import was begun; another [`ControlError`] when something that is needed failed: call again.
    pub async fn abandon_import(&self, after: Option<&Cursor>) -> Result<ImportAbandoned, ControlError> {
        self.must_be_importing().await?;
        let page = self.store.imported(after).await?;
        let (agents, others): (Vec<Imported>, Vec<Imported>) = page.items.iter().cloned().partition(|item| item.agent().is_some());
        self.store.remove_imported(&others).await?;
        for some in agents.chunks(QUEUES_AT_ONCE) {
            // Queues first: an agent that is gone names none. Then these agents at once: who calls again after a failure meets them no more.
            try_join_all(some.iter().filter_map(Imported::agent).map(|agent| self.queues.delete_agent_queue(agent))).await?;
            self.store.remove_imported(some).await?;
        }
        if page.next.is_none() {
            self.store.end_import().await?;
        }
        Ok(ImportAbandoned { removed: page.items.len() as u64, next: page.next.map(|cursor| cursor.to_string()) })
    }
}
