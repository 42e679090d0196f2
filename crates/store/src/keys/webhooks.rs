//! The keys of webhooks and of what they delivered: below their project, whatever becomes of its branches.

use jiff::Timestamp;
use kraken_domain::{ProjectId, webhook::DeliveryId};

use super::{Key, sortable};

/// Beginning of the sort key of webhooks.
pub(super) const WEBHOOK: &str = "WEBHOOK#";

pub(crate) fn webhook(project: ProjectId, host: &str) -> Key {
    Key::new(format!("PROJECT#{project}"), format!("{WEBHOOK}{host}"))
}

/// Partition and beginning of the sort key of a project's webhooks.
pub(crate) fn webhooks_of(project: ProjectId) -> (String, &'static str) {
    (format!("PROJECT#{project}"), WEBHOOK)
}

pub(crate) fn delivery(id: &DeliveryId) -> Key {
    Key::new(format!("PROJECT#{}", id.project), format!("DELIVERY#{}", id.name))
}

pub(crate) fn deliveries_of(project: ProjectId, host: &str) -> String {
    format!("PROJECT#{project}#DELIVERIES#{host}")
}

pub(crate) fn delivered(at: Timestamp, name: &str) -> String {
    format!("{}#{name}", sortable(at))
}

pub(crate) fn delivered_body(project: ProjectId, sha256: &str) -> Key {
    Key::new(format!("PROJECT#{project}"), format!("BODY#{sha256}"))
}
