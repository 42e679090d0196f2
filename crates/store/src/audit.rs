//! Who did what, in the same commit as what they did.
//!
//! Whoever answers a call says so with [`answering`], and who makes it with [`note_call`]; the first commit that the call's task then makes
//! carries the entry. So an entry is there exactly if something was changed, whatever dies in between, and it costs no call of its own. As with
//! the spans of a log, the call belongs to the task and is not handed from function to function: every commit is on behalf of exactly one.
//!
//! Invariant: one call has one entry. Its key is the request's, so that commits that are repeated write it again and not twice.

use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    ProjectId, Timestamp,
    audit::{AuditEntry, Made},
};

use crate::{
    Cursor, Entity, Indexes, Key, Paged, Store, StoreError,
    entity::{Item, from_item},
    keys,
    read::{Order, Slice},
    table::list_index,
};

tokio::task_local! {
    static CALL: Mutex<Call>;
}

/// The call that a task answers.
#[derive(Debug, Default)]
struct Call {
    entry: Option<AuditEntry>,
    /// Whether a commit has carried the entry as it is.
    carried: bool,
}

/// Does `work`, which answers one call. Commits on the way carry what was noted of it.
pub async fn answering<F: Future>(work: F) -> F::Output {
    CALL.scope(Mutex::default(), work).await
}

/// Notes who makes the call that this task answers, and which it is. Without it nothing is kept of the call.
pub fn note_call(entry: AuditEntry) {
    with_call(|call| call.entry = Some(entry));
}

/// Notes whose roles allowed the call.
pub fn note_project(project: Option<ProjectId>) {
    with_call(|call| {
        if let Some(entry) = &mut call.entry {
            entry.project = project.or(entry.project);
        }
    });
}

fn with_call<T>(look: impl FnOnce(&mut Call) -> T) -> Option<T> {
    // What panicked while it looked left nothing half-done.
    CALL.try_with(|call| look(&mut call.lock().unwrap_or_else(PoisonError::into_inner))).ok()
}

/// The entry that a commit is to carry, which made that; `None` where another commit has, or where nobody wants one.
pub(crate) fn to_carry(made: Option<Made>) -> Option<AuditEntry> {
    with_call(|call| {
        let mut entry = call.entry.clone()?;
        if made.is_some() {
            // The whole comes after its parts: a branch after its stages.
            entry.made = made;
            call.carried = false;
        }
        // Before it is known: two commits at a time would be in each other's way.
        (!std::mem::replace(&mut call.carried, true)).then_some(entry)
    })
    .flatten()
}

/// Notes what the commit made that carried the entry.
pub(crate) fn carried(made: Option<Made>) {
    with_call(|call| {
        if let Some(entry) = &mut call.entry {
            entry.made = made.or_else(|| entry.made.take());
        }
    });
}

/// Notes that what the call made is being removed again: the next commit carries the entry without it.
pub fn note_unmade() {
    with_call(|call| {
        if let Some(entry) = &mut call.entry {
            entry.made = None;
            call.carried = false;
        }
    });
}

/// Notes that the call is the system's: it concerns more than one project.
pub fn note_system() {
    with_call(|call| {
        if let Some(entry) = &mut call.entry {
            entry.project = None;
        }
    });
}

/// Notes that the commit which was to carry the entry did nothing.
pub(crate) fn not_carried() {
    with_call(|call| call.carried = false);
}

impl Entity for AuditEntry {
    const KIND: &'static str = "an entry of the audit log";

    fn key(&self) -> Key {
        keys::audit(&self.request)
    }

    fn indexes(&self) -> Indexes {
        let place = keys::audited(self.at, &self.request);
        Indexes { list: Some((keys::AUDIT.to_owned(), place)), expires: Some(self.expires()), ..Indexes::default() }
    }
}

/// Entries that one read looks at.
const LOOKED_AT_ONCE: u32 = 200;
/// Entries that are looked at for one page.
const LOOKED_AT_MAX: usize = 2000;

impl Store {
    /// The entries of that time (from, until before) that are wanted, newest first. A page may have fewer than `limit`, even none, although
    /// there are more: only a missing `next` says that there are not.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn audit(
        &self,
        (from, until): (Timestamp, Timestamp),
        wanted: impl Fn(&AuditEntry) -> bool,
        limit: usize,
        after: Option<&Cursor>,
    ) -> Result<Paged<AuditEntry>, StoreError> {
        if let Some(cursor) = after {
            let place = cursor.place_in(list_index(), keys::AUDIT)?;
            if !(keys::audited_from(from)..=keys::audited_from(until)).contains(&place) {
                return Err(cursor.wrong());
            }
        }
        let (mut items, mut looked_at, mut cursor) = (Vec::new(), 0, after.cloned());
        loop {
            let values = [(":from", from), (":until", until)];
            let values = Vec::from(values.map(|(name, at)| (name, AttributeValue::S(keys::audited_from(at)))));
            let range = Some(("#sort BETWEEN :from AND :until", values));
            let slice = Slice { index: list_index(), partition: keys::AUDIT, range, order: Order::Descending };
            let page = self.slice(slice, LOOKED_AT_ONCE, cursor.as_ref()).await?;
            let read = page.items.len();
            for (at, item) in page.items.iter().enumerate() {
                let entry = from_item::<AuditEntry>(item)?.value;
                if !wanted(&entry) {
                    continue;
                }
                items.push(entry);
                if items.len() == limit {
                    let is_last = at + 1 == read && page.next.is_none();
                    return Ok(Paged { items, next: (!is_last).then(|| Cursor::of(&place(item))) });
                }
            }
            looked_at += read;
            cursor = page.next;
            if cursor.is_none() || looked_at >= LOOKED_AT_MAX {
                return Ok(Paged { items, next: cursor });
            }
        }
    }
}

/// Where a list goes on after an item.
fn place(item: &Item) -> Item {
    let key = Key::of_item(item).to_item();
    let index = list_index();
    let listed = [index.partition, index.sort].into_iter().filter_map(|name| item.get_key_value(name));
    key.into_iter().chain(listed.map(|(name, value)| (name.clone(), value.clone()))).collect()
}
