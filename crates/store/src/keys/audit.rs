//! The keys of who did what.

use jiff::Timestamp;

use super::{Key, sortable};

/// The list of all entries.
pub(crate) const AUDIT: &str = "AUDIT";

/// Each request has one entry at most.
pub(crate) fn audit(request: &str) -> Key {
    Key::new(format!("REQUEST#{request}"), AUDIT)
}

/// The place of an entry in the list.
pub(crate) fn audited(at: Timestamp, request: &str) -> String {
    format!("{}#{request}", audited_from(at))
}

/// Before the places of all entries from then on.
pub(crate) fn audited_from(at: Timestamp) -> String {
    sortable(at)
}
