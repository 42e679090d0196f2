//! The table: one DynamoDB table, the only truth. The only crate that talks to DynamoDB.
//!
//! Every record is one item: its key, a version, its document as JSON, and the keys of the sparse indexes it is
//! in. [`keys`] is the only place that knows key shapes. Writes go through [`Commit`]: all or nothing, each on the condition that
//! the record is as it was read.

mod access;
mod commit;
mod counts;
mod cursor;
mod durations;
mod entity;
mod error;
mod flows;
mod guard;
pub mod keys;
mod lanes;
mod people;
mod places;
mod read;
mod sequence;
mod table;
mod todo;
mod transfer;

pub use access::{Bearer, Token, secret_hash};
pub use commit::{Commit, CommitError, WRITES_MAX};
pub use cursor::{Cursor, Paged};
pub use durations::Durations;
pub use entity::{Entity, Indexes, Versioned};
pub use error::StoreError;
pub use flows::{ArtifactBatch, ArtifactRecord};
pub use guard::Guard;
pub use keys::Key;
pub use lanes::{IdleAgent, LaneHead};
pub use people::Seen;
pub use sequence::{NextNumbers, Numbers};
pub use todo::{Owed, TodoKind};
pub use transfer::{ITEMS_PER_BATCH, Import};

/// A handle on the table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: std::sync::Arc<str>,
}

impl Store {
    /// The table named `table` as `client` reaches it.
    pub fn new(client: aws_sdk_dynamodb::Client, table: &str) -> Self {
        Self { client, table: table.into() }
    }
}
