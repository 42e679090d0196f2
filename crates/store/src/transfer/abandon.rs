//! Taking out of the table again what an import brought that will not end.
//!
//! Invariant: only while an import is noted. It began in a system without projects and agents, and nobody makes any meanwhile; so all that
//! is there came with it, except what such a system has by itself: settings, tokens and groups that do not say that they were imported.

use kraken_domain::AgentId;

use crate::{Cursor, Key, Paged, Store, StoreError, error::failed, keys::attribute};

/// Items that one page looks at.
const ITEMS_PER_PAGE: i32 = 1000;
/// Agents that one page ends with: each has a queue, which takes a call of its own.
const AGENTS_PER_PAGE: usize = 160;

/// One item that an import brought.
#[derive(Clone, Debug)]
pub struct Imported {
    key: Key,
}

impl Imported {
    /// The agent, if it is one: it may have a queue.
    pub fn agent(&self) -> Option<AgentId> {
        self.key.is_agent().then(|| self.key.agent_id()).flatten()
    }
}

impl Store {
    /// A page of what the import brought that has not ended. Asking when there is none is an error of the caller's.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed, or the cursor is none.
    pub async fn imported(&self, after: Option<&Cursor>) -> Result<Paged<Imported>, StoreError> {
        let start = after.map(|cursor| cursor.any_start_key(&[attribute::PARTITION, attribute::SORT])).transpose()?;
        let call = self.client.scan().table_name(&*self.table).consistent_read(true).limit(ITEMS_PER_PAGE).set_exclusive_start_key(start);
        let answer = call.send().await.map_err(|error| failed("Scan", error))?;
        let (mut brought, mut agents) = (Vec::new(), 0);
        for item in answer.items.unwrap_or_default() {
            let key = Key::of_item(&item);
            // A lane without jobs says nothing; processes remember which ones they noted.
            let own = key.is_importing() || key.is_lane() || key.may_be_of_a_new_system() && !item.contains_key(attribute::IMPORTED);
            if own {
                continue;
            }
            let here = key.to_item();
            agents += usize::from(key.is_agent());
            brought.push(Imported { key });
            if agents == AGENTS_PER_PAGE {
                return Ok(Paged { items: brought, next: Some(Cursor::of(&here)) });
            }
        }
        Ok(Paged { items: brought, next: answer.last_evaluated_key.as_ref().map(Cursor::of) })
    }

    /// Removes them. What is gone already stays so.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed: some may be gone.
    pub async fn remove_imported(&self, items: &[Imported]) -> Result<(), StoreError> {
        self.remove_items(items.iter().map(|item| item.key.clone())).await
    }
}
