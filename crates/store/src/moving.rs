//! Branches that move to another project, and the jobs of a run from one on.

use kraken_domain::{BranchId, JobId, RunId, job::Job, moving::Move};

use crate::{Cursor, Entity, Indexes, Key, Paged, Store, StoreError, TodoKind, Versioned, keys, read::Order};

impl Entity for Move {
    const KIND: &'static str = "a branch's move";

    fn key(&self) -> Key {
        keys::branch_move(self.branch)
    }

    fn indexes(&self) -> Indexes {
        Indexes { todo: Some((TodoKind::Retention, self.due)), ..Indexes::default() }
    }
}

impl Store {
    /// The move of a branch whose history has not followed it wholly.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn branch_move(&self, branch: BranchId) -> Result<Option<Versioned<Move>>, StoreError> {
        self.record(&keys::branch_move(branch)).await
    }

    /// The jobs of a run that come after one of them, oldest first; all of them after `None`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn jobs_after(&self, run: RunId, after: Option<JobId>, limit: u32) -> Result<Paged<Versioned<Job>>, StoreError> {
        let after = after.map(|job| Cursor::of(&keys::job(job).to_item()));
        self.beginning(keys::jobs_of(run), Order::Ascending, limit, after.as_ref()).await
    }
}
