//! The settings of the whole system: one record.

use kraken_domain::settings::SystemSettings;

use crate::{Entity, Key, Store, StoreError, Versioned, keys};

impl Entity for SystemSettings {
    const KIND: &'static str = "the system's settings";

    fn key(&self) -> Key {
        keys::settings()
    }
}

impl Store {
    /// The system's settings; `None` as long as nobody has set anything.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn settings(&self) -> Result<Option<Versioned<SystemSettings>>, StoreError> {
        self.record(&keys::settings()).await
    }
}
