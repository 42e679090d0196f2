//! The clients of one function instance, made once when it starts.

use std::sync::Arc;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_types::SdkConfig;
use kraken_cloud::{Bus, CredentialSource, KeyParameter, Objects, Queues, Roles, Sealer};
use kraken_control::{Clock, Control, Settings};
use kraken_repos::{Limits as RepoLimits, Reach, Repos};
use kraken_search::LogSearch;
use kraken_store::Store;

use crate::{Config, ConfigError, Region, emf, search, settings::settings};

/// What all clients of an instance share.
#[derive(Debug)]
pub struct Clients {
    config: Config,
    shared: SdkConfig,
}

impl Clients {
    /// Makes ready for clients of this configuration. Makes no call.
    ///
    /// # Errors
    /// [`ConfigError`] when Lambda gave no credentials.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let credentials = credentials(|name| std::env::var(name).ok())?;
        let region = Region { name: config.region.clone(), endpoint: config.endpoint.clone() };
        Ok(Self { shared: shared(&region, credentials), config })
    }

    /// The use cases over the cloud's services.
    pub fn control(&self) -> Control {
        let Self { config, shared } = self;
        let table = aws_sdk_dynamodb::Client::new(shared);
        let store = aws_sdk_s3::config::Builder::from(shared).force_path_style(config.endpoint.is_some()).build();
        let store = aws_sdk_s3::Client::from_conf(store);
        let queues = Queues::new(aws_sdk_sqs::Client::new(shared), config.queues.iter().cloned().collect());
        let store_of_records = Store::new(table, &config.table);
        let measured = if config.metrics { store_of_records.observed_by(emf::observer()) } else { store_of_records };
        let mut control = Control::new(
            measured,
            Objects::new(store.clone(), store, &config.bucket),
            queues,
            self.credential_source(),
            Clock::System,
            Settings { public_url: config.public_url.clone(), ..settings() },
        );
        control.bus = config.bus.as_deref().map(|name| Bus::new(aws_sdk_eventbridge::Client::new(shared), name));
        control
    }

    /// Who looks into repositories: other machines alone, as what hands out credentials is near. Around an emulator, servers of this one, too.
    pub fn repos(&self) -> Option<Repos> {
        let reach = if self.config.endpoint.is_some() { Reach::Loopback } else { Reach::Outside };
        Repos::new(reach, RepoLimits::NARROW).inspect_err(|error| tracing::error!(%error, "repositories cannot be looked at")).ok()
    }

    /// Where logs are searched, if anywhere.
    ///
    /// # Errors
    /// [`ConfigError`] for an address that is none.
    pub fn search(&self) -> Result<Option<Arc<dyn LogSearch>>, ConfigError> {
        let Some(address) = &self.config.search else { return Ok(None) };
        let region = Region { name: self.config.region.clone(), endpoint: self.config.endpoint.clone() };
        let password = self.config.search_password.as_deref();
        search::open(address, password, &region, credentials(|name| std::env::var(name).ok())?)
    }

    /// Who seals and opens secrets: nobody, where the deployment gave no key. Linked only into the functions that ask for it.
    pub fn sealer(&self) -> Sealer {
        let Some(name) = self.config.sealing_key.clone() else { return Sealer::nobody() };
        let client = aws_sdk_ssm::Client::new(&self.shared);
        Sealer::fetched(KeyParameter { client, name, kms_key: self.config.sealing_kms_key.clone() })
    }

    fn credential_source(&self) -> CredentialSource {
        let Self { config, shared } = self;
        match &config.agent_role {
            Some(role) => CredentialSource::role(Roles {
                client: aws_sdk_sts::Client::new(shared),
                role: role.clone(),
                bucket: config.bucket.clone(),
                region: config.region.clone(),
                endpoint: config.endpoint.clone(),
            }),
            None => CredentialSource::nobody(&config.region),
        }
    }
}

/// What every client needs to know.
pub(crate) fn shared(region: &Region, credentials: Credentials) -> SdkConfig {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut shared = SdkConfig::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_types::region::Region::new(region.name.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()));
    shared.set_endpoint_url(region.endpoint.clone());
    shared.build()
}

/// The credentials of the function's role, or of a deployer. Lambda gives them in the environment, and ends the instance before they end.
pub(crate) fn credentials(get: impl Fn(&str) -> Option<String>) -> Result<Credentials, ConfigError> {
    let wanted = |name: &'static str| get(name).filter(|value| !value.is_empty()).ok_or(ConfigError::Missing { name });
    let session = get("AWS_SESSION_TOKEN").filter(|value| !value.is_empty());
    Ok(Credentials::new(wanted("AWS_ACCESS_KEY_ID")?, wanted("AWS_SECRET_ACCESS_KEY")?, session, None, "function-role"))
}
