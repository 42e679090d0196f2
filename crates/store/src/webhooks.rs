//! Webhooks: the keys that deliveries are signed with, and the deliveries themselves until they are forgotten.

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{
    ProjectId, Timestamp,
    sealed::Sealed,
    webhook::{BODY_KNOWN_S, Delivery, DeliveryId, KEPT_S},
};
use serde::{Deserialize, Serialize};

use crate::{
    Cursor, Entity, Indexes, Key, Paged, Store, StoreError, TodoKind, Versioned, keys,
    read::{Order, Slice},
    table::todo_index,
};

/// The keys that a kind of git host signs its deliveries to a project with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The project.
    pub project: ProjectId,
    /// The kind of host: the name that stands in addresses.
    pub host: String,
    /// When it was set up.
    pub created_at: Timestamp,
    /// The name of the token that set it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// The keys, the newest first. The others end soon.
    pub keys: Vec<WebhookKey>,
}

/// A key of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookKey {
    /// Tells the keys of a webhook apart.
    pub id: String,
    /// The key itself; `None`: it came from another system, which sealed it with a key of its own, and must be rotated here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None`: when another is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

impl WebhookKey {
    /// Whether it is good at `now`.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends| now < ends)
    }

    /// Where it is sealed for.
    pub fn place(project: ProjectId, host: &str, id: &str) -> String {
        format!("project/{project}/webhook/{host}/{id}")
    }
}

impl Entity for Webhook {
    const KIND: &'static str = "a webhook";

    fn key(&self) -> Key {
        keys::webhook(self.project, &self.host)
    }
}

impl Entity for Delivery {
    const KIND: &'static str = "a delivery of a webhook";

    fn key(&self) -> Key {
        keys::delivery(&self.id)
    }

    fn indexes(&self) -> Indexes {
        Indexes {
            todo: self.due.map(|due| (TodoKind::Delivery, due)),
            list: Some((keys::deliveries_of(self.id.project, &self.host), keys::delivered(self.received_at, &self.id.name))),
            expires: Some(forgotten(self.received_at, KEPT_S)),
            ..Indexes::default()
        }
    }
}

/// The body of a delivery that came: the same again, under whatever name, is recognised by it for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredBody {
    /// The project.
    pub project: ProjectId,
    /// SHA-256 of the body in hexadecimal.
    pub sha256: String,
    /// When it came.
    pub received_at: Timestamp,
}

impl DeliveredBody {
    /// Whether the same again is a repetition at `now`. The table takes its time to forget what has passed its end.
    pub fn is_known(&self, now: Timestamp) -> bool {
        now < forgotten(self.received_at, BODY_KNOWN_S)
    }
}

impl Entity for DeliveredBody {
    const KIND: &'static str = "the body of a delivery";

    fn key(&self) -> Key {
        keys::delivered_body(self.project, &self.sha256)
    }

    fn indexes(&self) -> Indexes {
        Indexes { expires: Some(forgotten(self.received_at, BODY_KNOWN_S)), ..Indexes::default() }
    }
}

fn forgotten(received_at: Timestamp, after_s: i64) -> Timestamp {
    received_at.checked_add(jiff::SignedDuration::from_secs(after_s)).unwrap_or(Timestamp::MAX)
}

impl Store {
    /// The webhook of a project for a kind of host.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn webhook(&self, project: ProjectId, host: &str) -> Result<Option<Versioned<Webhook>>, StoreError> {
        self.record(&keys::webhook(project, host)).await
    }

    /// The webhooks of a project: at most one of each kind of host.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhooks(&self, project: ProjectId) -> Result<Vec<Versioned<Webhook>>, StoreError> {
        self.whole(keys::webhooks_of(project)).await
    }

    /// A delivery.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivery(&self, id: &DeliveryId) -> Result<Option<Versioned<Delivery>>, StoreError> {
        self.record(&keys::delivery(id)).await
    }

    /// The deliveries of a kind of host to a project, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliveries(
        &self,
        project: ProjectId,
        host: &str,
        limit: u32,
        after: Option<&Cursor>,
    ) -> Result<Paged<Versioned<Delivery>>, StoreError> {
        self.listed(&keys::deliveries_of(project, host), Order::Descending, limit, after).await
    }

    /// The body of a delivery that came already, maybe long ago: see [`DeliveredBody::is_known`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delivered_body(&self, project: ProjectId, sha256: &str) -> Result<Option<Versioned<DeliveredBody>>, StoreError> {
        self.record(&keys::delivered_body(project, sha256)).await
    }

    /// The deliveries that nobody has dealt with by `now`, longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owed_deliveries(&self, now: Timestamp, limit: u32) -> Result<Vec<DeliveryId>, StoreError> {
        let due = AttributeValue::N(now.as_millisecond().to_string());
        let range = Some(("#sort <= :due", vec![(":due", due)]));
        let slice = Slice { index: todo_index(), partition: TodoKind::Delivery.as_str(), range, order: Order::Ascending };
        let page = self.slice(slice, limit, None).await?;
        Ok(page.items.iter().filter_map(|item| Key::of_item(item).delivery_id()).collect())
    }
}
