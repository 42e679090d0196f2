//! The order among the jobs of a run: what each came to, and which ends are still to be taken in.
//!
//! A note of an end is an item of its own, written in the commit that ends the job: jobs that end at the same moment never meet. The
//! reconciler of the run finds the notes below the run, without an index, and forgets them once all that follows has been done.

use kraken_domain::{
    RunId,
    needs::{Ended, Progress},
};

use crate::{Entity, Key, Paged, Store, StoreError, Versioned, keys, read::Order};

impl Entity for Progress {
    const KIND: &'static str = "the order of a run";

    fn key(&self) -> Key {
        keys::needs(self.run)
    }
}

impl Entity for Ended {
    const KIND: &'static str = "a note of ended jobs";

    fn key(&self) -> Key {
        keys::ended(self.run, self.jobs.first().copied().unwrap_or_default())
    }
}

impl Store {
    /// What the jobs of a run came to; `None` while none of those that others need is over.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn needs(&self, run: RunId) -> Result<Option<Versioned<Progress>>, StoreError> {
        self.record(&keys::needs(run)).await
    }

    /// Notes of jobs that ended and that others of their run wait for.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn ended(&self, run: RunId, limit: u32) -> Result<Paged<Versioned<Ended>>, StoreError> {
        self.beginning(keys::ended_of(run), Order::Ascending, limit, None).await
    }
}
