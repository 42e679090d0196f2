//! Secrets of projects and branches. What they hold is sealed long before it comes here.

use kraken_domain::{
    audit::Made,
    secret::{SecretOwner, StoredSecret},
};

use crate::{Entity, Key, Store, StoreError, Versioned, keys};

impl Entity for StoredSecret {
    const KIND: &'static str = "a secret";

    fn key(&self) -> Key {
        keys::secret(self.owner, &self.name)
    }

    fn made(&self) -> Option<Made> {
        Some(Made::new("secret", &self.name))
    }
}

impl Store {
    /// A secret.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn secret(&self, owner: SecretOwner, name: &str) -> Result<Option<Versioned<StoredSecret>>, StoreError> {
        self.record(&keys::secret(owner, name)).await
    }

    /// All secrets of a project or a branch by name. There are dozens at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn secrets(&self, owner: SecretOwner) -> Result<Vec<Versioned<StoredSecret>>, StoreError> {
        self.whole(keys::secrets_of(owner)).await
    }

    /// Several secrets at once, in the order of `wanted`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn secrets_named(&self, wanted: &[(SecretOwner, &str)]) -> Result<Vec<Option<Versioned<StoredSecret>>>, StoreError> {
        self.records(&wanted.iter().map(|(owner, name)| keys::secret(*owner, name)).collect::<Vec<_>>()).await
    }
}
