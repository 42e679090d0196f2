//! A session with the clients that it takes to use it.

use std::{sync::Arc, time::Duration};

use aws_sdk_s3::config::{
    BehaviorVersion, IdentityCache, Region, RequestChecksumCalculation, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use kraken_protocol::agent::Session;

use super::{Objects, ServerClock, credentials::NewestCredentials};

/// An agent's session, ready for use. Cheap to clone.
#[derive(Clone)]
pub struct Cloud {
    session: Arc<Session>,
    credentials: NewestCredentials,
    queue: aws_sdk_sqs::Client,
    store: aws_sdk_s3::Client,
}

impl Cloud {
    /// Makes the clients for a session.
    pub fn new(session: Session, clock: &ServerClock) -> Self {
        let credentials = NewestCredentials::new(&session.credentials);
        let endpoints = [&session.queue_endpoint, &session.object_endpoint];
        // Where both ends are spoken to in plain text no certificates are needed, and none are loaded.
        let plain = endpoints.iter().all(|endpoint| endpoint.as_deref().is_some_and(|url| url.starts_with("http://")));
        let http = http_client(plain);
        Self {
            queue: queue_client(&session, &credentials, &http, clock),
            store: store_client(&session, &credentials, &http, clock),
            session: Arc::new(session),
            credentials,
        }
    }

    /// The same with a newer session. Clients are kept where nothing but the credentials changed.
    #[must_use]
    pub fn renewed(&self, session: Session, clock: &ServerClock) -> Self {
        let old = &self.session;
        let same_place = (&old.queue_endpoint, &old.object_endpoint, &old.region)
            == (&session.queue_endpoint, &session.object_endpoint, &session.region);
        if !same_place {
            return Self::new(session, clock);
        }
        self.credentials.replace(&session.credentials);
        Self { session: Arc::new(session), ..self.clone() }
    }

    /// What the server said.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The client of the queue service.
    pub fn queue(&self) -> &aws_sdk_sqs::Client {
        &self.queue
    }

    /// The object store, where this agent's prefix is.
    pub fn objects(&self) -> Objects {
        Objects::new(self.store.clone(), self.session.bucket.clone())
    }
}

fn http_client(plain: bool) -> SharedHttpClient {
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).pool_max_idle_per_host(4);
    let trust = if plain { TrustStore::empty() } else { TrustStore::default() };
    match TlsContext::builder().with_trust_store(trust).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // Only a certificate of our own could be wrong, and there is none.
        Err(_) => builder.build_https(),
    }
}

fn queue_client(session: &Session, credentials: &NewestCredentials, http: &SharedHttpClient, clock: &ServerClock) -> aws_sdk_sqs::Client {
    let wait = Duration::from_secs(u64::from(session.intervals.poll_wait_s));
    let mut config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(session.region.clone()))
        .credentials_provider(credentials.clone())
        .identity_cache(IdentityCache::no_cache())
        .http_client(http.clone())
        .time_source(clock.clone())
        // The poll loop tries again by itself, with its own pauses.
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts(wait + Duration::from_secs(10)));
    config.set_endpoint_url(session.queue_endpoint.clone());
    aws_sdk_sqs::Client::from_conf(config.build())
}

fn store_client(session: &Session, credentials: &NewestCredentials, http: &SharedHttpClient, clock: &ServerClock) -> aws_sdk_s3::Client {
    let mut config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(session.region.clone()))
        .credentials_provider(credentials.clone())
        .identity_cache(IdentityCache::no_cache())
        .http_client(http.clone())
        .time_source(clock.clone())
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)))
        // Counts from the request's first byte, and a slow line may take its time; one that stands still is noticed sooner, by its own
        // protection, which the client has by default.
        .timeout_config(timeouts(Duration::from_secs(300)));
    config.set_endpoint_url(session.object_endpoint.clone());
    aws_sdk_s3::Client::from_conf(config.build())
}

fn timeouts(answer: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(answer).build()
}
