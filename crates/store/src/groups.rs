//! Groups of runs of which at most one is in progress.

use jiff::SignedDuration;
use kraken_domain::{ProjectId, concurrency::Group};

use crate::{Entity, Indexes, Key, Store, StoreError, Versioned, keys};

/// A group that nobody has entered for so long is forgotten: many are named after branches that are long gone.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Entity for Group {
    const KIND: &'static str = "a group of runs";

    fn key(&self) -> Key {
        keys::run_group(self.project, &self.name)
    }

    fn indexes(&self) -> Indexes {
        Indexes { expires: self.entered_at.saturating_add(KEPT).ok(), ..Indexes::default() }
    }
}

impl Store {
    /// The group of that name; `None` when no run has entered it.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn run_group(&self, project: ProjectId, name: &str) -> Result<Option<Versioned<Group>>, StoreError> {
        self.record(&keys::run_group(project, name)).await
    }
}
