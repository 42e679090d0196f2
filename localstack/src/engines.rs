//! The embedded engines, and the clients that the control plane reaches them by.

use std::sync::Arc;

use kraken_cloud::{AgentAccess, CredentialSource, Objects, Queues};
use kraken_control::{Clock, Control, Settings};
use kraken_engines::{
    auth::Keyring,
    clock::Now,
    dynamodb::{self, DynamoDb},
    front,
    s3::{self, DATA_BUCKET, S3},
    sqs::Sqs,
};
use kraken_store::Store;

use crate::{StartError, data_dir::DataDir};

/// The table's name; there is but one.
const TABLE: &str = "kraken";

/// All engines of one data directory.
#[derive(Clone)]
pub(crate) struct Engines {
    dynamodb: DynamoDb,
    s3: S3,
    sqs: Sqs,
    keyring: Keyring,
    now: Now,
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engines")
    }
}

impl Engines {
    pub(crate) async fn open(data_dir: &DataDir, clock: Clock) -> Result<Self, StartError> {
        let keyring = Keyring::new(data_dir.key());
        let now: Now = Arc::new(move || clock.now());
        let dir = data_dir.path().to_owned();
        let (opened_keyring, opened_now) = (keyring.clone(), Arc::clone(&now));
        let opened = tokio::task::spawn_blocking(move || {
            let dynamodb = DynamoDb::open(&dir.join("table"), Arc::clone(&opened_now))?;
            let s3 = S3::open(&dir.join("objects"), Arc::clone(&opened_now), opened_keyring)?;
            let sqs = Sqs::open(&dir.join("queues"), opened_now)?;
            Ok::<_, StartError>((dynamodb, s3, sqs))
        });
        let (dynamodb, s3, sqs) = opened
            .await
            .map_err(|error| StartError::DataDir { path: data_dir.path().to_owned(), source: std::io::Error::other(error) })??;
        Ok(Self { dynamodb, s3, sqs, keyring, now })
    }

    /// The use cases over these engines, reached from outside at `url`.
    pub(crate) async fn control(&self, url: &str, clock: Clock, settings: Settings) -> Result<Control, StartError> {
        let store = Store::new(dynamodb::client(&self.dynamodb), TABLE);
        store.create_table().await?;
        let objects = Objects::new(s3::client(&self.s3), self.s3.client_for_endpoint(url), DATA_BUCKET);
        objects.create_bucket().await?;
        let queues = Queues::create(self.sqs.client()).await?;
        let keyring = self.keyring.clone();
        let credentials = CredentialSource::embedded(url, move |agent, expires| {
            let minted = keyring.mint(&agent.to_string(), expires);
            AgentAccess {
                access_key_id: minted.access_key_id,
                secret_access_key: minted.secret_access_key,
                session_token: minted.session_token,
                expires: minted.expires,
            }
        });
        Ok(Control::new(store, objects, queues, credentials, clock, settings))
    }

    /// The door to the queues for agents.
    pub(crate) fn queue_front(&self) -> front::Front {
        front::Front::new(self.sqs.clone(), self.keyring.clone(), Arc::clone(&self.now))
    }

    /// The door to the objects for agents and browsers.
    pub(crate) fn object_front(&self) -> s3::Endpoint {
        self.s3.service()
    }

    /// Removes what has expired from the table. Nothing does so by itself.
    pub(crate) async fn sweep(&self) {
        match self.dynamodb.sweep_expired().await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "removed expired records"),
            Err(error) => tracing::warn!(%error, "expired records could not be removed; the next sweep tries again"),
        }
    }

    /// After the clock was moved by hand.
    pub(crate) async fn clock_moved(&self) {
        self.sqs.clock_moved().await;
    }
}
