//! Credentials that change under the clients that use them.

use std::{
    fmt,
    sync::{Arc, RwLock},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, future},
};
use kraken_protocol::agent::TemporaryCredentials;

/// The newest credentials. Clones share them.
#[derive(Clone)]
pub(super) struct NewestCredentials(Arc<RwLock<Credentials>>);

impl fmt::Debug for NewestCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewestCredentials")
    }
}

impl NewestCredentials {
    pub(super) fn new(given: &TemporaryCredentials) -> Self {
        Self(Arc::new(RwLock::new(credentials(given))))
    }

    pub(super) fn replace(&self, given: &TemporaryCredentials) {
        // A poisoned lock still holds whole credentials: they are replaced in one go.
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = credentials(given);
    }
}

/// Without their end: when to renew is decided in one place, by the server's clock.
fn credentials(given: &TemporaryCredentials) -> Credentials {
    let token = Some(given.session_token.clone());
    Credentials::new(given.access_key_id.clone(), given.secret_access_key.clone(), token, None, "kraken-session")
}

impl ProvideCredentials for NewestCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let newest = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        future::ProvideCredentials::ready(Ok(newest))
    }
}
