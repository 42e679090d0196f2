//! The embedded engines, and the clients that the control plane reaches them by.

use std::sync::Arc;

use kraken_cloud::{AgentAccess, Bus as BusClient, CredentialSource, Objects, Queues, Sealer, SealingKeys};
use kraken_control::{Clock, Control, Settings};
use kraken_engines::{
    auth::Keyring,
    bus::Bus,
    clock::Now,
    dynamodb::DynamoDb,
    front,
    logs::Logs,
    meter::Meter,
    s3::{self, Announcer, DATA_BUCKET, Rule, S3},
    sqs::Sqs,
};
use kraken_protocol::log::LOG_OBJECT;
use kraken_repos::{Limits as RepoLimits, Reach, Repos};
use kraken_store::Store;

use crate::{StartError, data_dir::DataDir};

/// The table's name; there is but one.
const TABLE: &str = "kraken";
/// The bus's name; there is but one.
const BUS: &str = "kraken";

/// All engines of one data directory.
#[derive(Clone)]
pub(crate) struct Engines {
    dynamodb: DynamoDb,
    s3: S3,
    sqs: Sqs,
    bus: Bus,
    logs: Logs,
    keyring: Keyring,
    sealer: Sealer,
    now: Now,
    meter: Option<Meter>,
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engines")
    }
}

impl Engines {
    pub(crate) async fn open(data_dir: &DataDir, clock: Clock, meter: Option<Meter>) -> Result<Self, StartError> {
        let keyring = Keyring::new(data_dir.key());
        let sealer = Sealer::held(SealingKeys::from_master(&data_dir.key()));
        let now: Now = Arc::new(move || clock.now());
        let dir = data_dir.path().to_owned();
        let (opened_keyring, opened_now) = (keyring.clone(), Arc::clone(&now));
        let opened = tokio::task::spawn_blocking(move || {
            let dynamodb = DynamoDb::open(&dir.join("table"), Arc::clone(&opened_now))?;
            let s3 = S3::open(&dir.join("objects"), Arc::clone(&opened_now), opened_keyring)?;
            let sqs = Sqs::open(&dir.join("queues"), Arc::clone(&opened_now))?;
            let bus = Bus::open(&dir.join("events"), Arc::clone(&opened_now))?;
            let logs = Logs::open(&dir.join("logs"), opened_now)?;
            Ok::<_, StartError>((dynamodb, s3, sqs, bus, logs))
        });
        let (dynamodb, s3, sqs, bus, logs) = opened
            .await
            .map_err(|error| StartError::DataDir { path: data_dir.path().to_owned(), source: std::io::Error::other(error) })??;
        let (dynamodb, s3, sqs) = (dynamodb.metered(meter.clone()), s3.metered(meter.clone()), sqs.metered(meter.clone()));
        let bus = bus.metered(meter.clone());
        Ok(Self { dynamodb, s3, sqs, bus, logs, keyring, sealer, now, meter })
    }

    /// The use cases over these engines, reached from outside at `url`.
    pub(crate) async fn control(&self, url: &str, clock: Clock, settings: Settings) -> Result<Control, StartError> {
        let store = Store::new(self.dynamodb.client(), TABLE);
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
        let mut control = Control::new(store, objects, queues, credentials, clock, settings);
        control.sealer = self.sealer.clone();
        control.repos = looks();
        control.bus = Some(BusClient::new(self.bus.client(), BUS));
        Ok(control)
    }

    /// The door to the queues for agents.
    pub(crate) fn queue_front(&self) -> front::Front {
        front::Front::new(self.sqs.clone(), self.keyring.clone(), Arc::clone(&self.now)).metered(self.meter.clone())
    }

    /// The door to the objects for agents and browsers.
    pub(crate) fn object_front(&self) -> s3::Endpoint {
        self.s3.service()
    }

    /// Where logs are searched.
    pub(crate) fn logs(&self) -> Arc<Logs> {
        Arc::new(self.logs.clone())
    }

    /// Has the queue at `queue_url` told of every log that is stored whole from now on.
    pub(crate) fn announce_logs(&self, queue_url: String) -> Announcer {
        let text = str::to_owned;
        self.s3.announce(Rule {
            id: text("new-logs"),
            bucket: text(DATA_BUCKET),
            prefix: text("agents/"),
            suffix: format!("/{LOG_OBJECT}"),
            queue_url,
        })
    }

    /// Who notes what is asked, if anybody does.
    pub(crate) fn meter(&self) -> Option<&Meter> {
        self.meter.as_ref()
    }

    /// The queues.
    pub(crate) fn sqs(&self) -> &Sqs {
        &self.sqs
    }

    /// The bus that is told what happens.
    pub(crate) fn bus(&self) -> &Bus {
        &self.bus
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
        self.bus.clock_moved();
    }
}

/// Who looks into repositories: on one machine, its own folders and servers as well.
fn looks() -> Option<Repos> {
    let repos = Repos::new(Reach::Machine, RepoLimits::default());
    repos.inspect_err(|error| tracing::error!(%error, "repositories cannot be looked at")).ok()
}
