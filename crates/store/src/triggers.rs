//! The triggers of stages: one record per stage and kind, found by when it is due.

use kraken_domain::{
    StageId,
    trigger::{Trigger, TriggerKind},
};

use crate::{Entity, Indexes, Key, Store, StoreError, TodoKind, Versioned, keys};

impl Entity for Trigger {
    const KIND: &'static str = "a trigger";

    fn key(&self) -> Key {
        keys::trigger(self.stage, self.rule.kind())
    }

    fn indexes(&self) -> Indexes {
        Indexes { todo: self.due.map(|due| (TodoKind::Trigger, due)), ..Indexes::default() }
    }
}

impl Store {
    /// A trigger of a stage.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn trigger(&self, stage: StageId, kind: TriggerKind) -> Result<Option<Versioned<Trigger>>, StoreError> {
        self.record(&keys::trigger(stage, kind)).await
    }

    /// The triggers of a stage, at most one of each kind.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn triggers(&self, stage: StageId) -> Result<Vec<Versioned<Trigger>>, StoreError> {
        self.whole(keys::triggers_of(stage)).await
    }
}
