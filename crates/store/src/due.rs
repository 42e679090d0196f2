//! How much of what needs doing is due, for people who look after the system.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::Timestamp;

use crate::{
    Store, StoreError, TodoKind,
    read::{Order, Slice},
    table::todo_index,
};

/// What is due of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The kind's name.
    pub kind: &'static str,
    /// How many, counted no further than was asked for.
    pub count: u32,
    /// Since when the first of them.
    pub since: Option<Timestamp>,
}

/// Every kind.
const KINDS: [TodoKind; 9] = [
    TodoKind::Job,
    TodoKind::Run,
    TodoKind::Counts,
    TodoKind::Agent,
    TodoKind::Events,
    TodoKind::Trigger,
    TodoKind::Delivery,
    TodoKind::Notice,
    TodoKind::Retention,
];

impl Store {
    /// What is due of each kind; counts no further than `up_to`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn due(&self, now: Timestamp, up_to: u32) -> Result<Vec<Due>, StoreError> {
        let mut all = Vec::with_capacity(KINDS.len());
        for kind in KINDS {
            let due = AttributeValue::N(now.as_millisecond().to_string());
            let range = Some(("#sort <= :due", vec![(":due", due)]));
            let slice = Slice { index: todo_index(), partition: kind.as_str(), range, order: Order::Ascending };
            let page = self.slice(slice, up_to, None).await?;
            let first = page.items.first().map(|item| crate::entity::number::<i64>(item, crate::keys::attribute::DUE));
            let since = first.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            all.push(Due { kind: kind.as_str(), count: u32::try_from(page.items.len()).unwrap_or(up_to), since });
        }
        Ok(all)
    }
}
