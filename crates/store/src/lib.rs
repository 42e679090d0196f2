//! The table: one DynamoDB table, the only truth. The only crate that talks to DynamoDB.
//!
//! Every record is one item: its key, a version, its document as JSON, and the keys of the sparse indexes it is
//! in. [`keys`] is the only place that knows key shapes. Writes go through [`Commit`]: all or nothing, each on the condition that
//! the record is as it was read. What a commit makes known outside goes with it.

mod access;
pub mod audit;
mod batch;
mod commit;
mod counts;
mod cursor;
mod data;
mod due;
mod durations;
mod entity;
mod error;
mod flows;
mod groups;
mod guard;
pub mod keys;
mod lanes;
mod lists;
mod moving;
mod needs;
mod notices;
mod observer;
mod people;
mod places;
mod queue;
mod read;
mod retention;
mod secrets;
mod sequence;
mod settings;
mod table;
mod todo;
mod transfer;
mod triggers;
mod untold;
mod webhooks;

pub use access::{Bearer, Token, secret_hash};
pub use commit::{Commit, CommitError, WRITES_MAX};
pub use counts::MarkedCounts;
pub use cursor::{Cursor, Paged};
pub use data::{data_keys_of_flow, data_of_branch};
pub use due::Due;
pub use durations::Durations;
pub use entity::{Entity, Indexes, Versioned};
pub use error::StoreError;
pub use flows::{ArtifactBatch, ArtifactRecord, FlowChanges};
pub use guard::Guard;
pub use keys::Key;
pub use lanes::{IdleAgent, LaneHead};
pub use lists::Outline;
pub use notices::{StatusMark, Turns};
pub use observer::Observer;
pub use people::Seen;
pub use queue::{LanePart, QueuePlace};
pub use retention::{Left, LeftOver};
pub use sequence::{Counted, Counter, NextNumbers, Numbers};
pub use todo::{Owed, TodoKind};
pub use transfer::Imported;
pub use untold::{Outbox, Untold};
pub use webhooks::{DeliveredBody, Webhook, WebhookKey};

/// A handle on the table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: std::sync::Arc<str>,
    observer: Observer,
}

impl Store {
    /// The table named `table` as `client` reaches it.
    pub fn new(client: aws_sdk_dynamodb::Client, table: &str) -> Self {
        Self { client, table: table.into(), observer: Observer::default() }
    }

    /// The same, with the measures of what is written shown to `observer`.
    #[must_use]
    pub fn observed_by(self, observer: Observer) -> Self {
        Self { observer, ..self }
    }

    /// Who is shown the measures.
    pub fn observer(&self) -> &Observer {
        &self.observer
    }
}
