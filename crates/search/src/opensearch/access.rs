//! How OpenSearch is reached, and as whom.

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::region::Region;
use opensearch::auth::Credentials;
use opensearch::http::Url;
use opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
// Its features decide how the client speaks TLS: with rustls and the roots of the system.
use reqwest as _;

use super::names::Names;
use crate::SearchError;

/// Where OpenSearch is, and what of it is ours.
#[derive(Clone, Debug)]
pub struct OpenSearchConfig {
    /// Its URL: `https://search-kraken-….eu-west-1.es.amazonaws.com`, `http://127.0.0.1:9200`. Without a user: that is
    /// for `access`.
    pub endpoint: String,
    /// As whom.
    pub access: Access,
    /// What the names of our indices begin with: `kraken-logs`. Deployments that share OpenSearch have one each. Lower
    /// case words of letters and digits, joined by hyphens, each beginning with a letter.
    pub prefix: String,
    /// How long an append tries again what was refused for want of room or time, before it says so.
    pub patience: Duration,
    /// How long one request may take.
    pub timeout: Duration,
}

impl OpenSearchConfig {
    /// The usual prefix and times.
    pub fn new(endpoint: impl Into<String>, access: Access) -> Self {
        let (patience, timeout) = (Duration::from_secs(6), Duration::from_secs(30));
        Self { endpoint: endpoint.into(), access, prefix: "kraken-logs".into(), patience, timeout }
    }
}

/// As whom OpenSearch is asked.
#[derive(Clone)]
pub enum Access {
    /// Nobody in particular: a node on loopback, or one that only a private network reaches.
    Open,
    /// A user of OpenSearch's own.
    Password {
        /// Its name.
        user: String,
        /// Its password. Never printed.
        password: String,
    },
    /// A domain of Amazon OpenSearch Service: requests are signed for `es`.
    Domain {
        /// Who signs.
        credentials: SharedCredentialsProvider,
        /// The domain's region.
        region: String,
    },
    /// A collection of Amazon OpenSearch Serverless, of the type *search*: those of the type *time series* refuse
    /// documents that bring their id. Requests are signed for `aoss`.
    Collection {
        /// Who signs.
        credentials: SharedCredentialsProvider,
        /// The collection's region.
        region: String,
    },
}

impl Access {
    /// Whether the number of copies, and how they are kept, is for the service to decide.
    pub(super) fn is_serverless(&self) -> bool {
        matches!(self, Self::Collection { .. })
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("Open"),
            Self::Password { user, .. } => f.debug_struct("Password").field("user", user).finish_non_exhaustive(),
            Self::Domain { region, .. } => f.debug_struct("Domain").field("region", region).finish_non_exhaustive(),
            Self::Collection { region, .. } => f.debug_struct("Collection").field("region", region).finish_non_exhaustive(),
        }
    }
}

/// The transport that `config` describes. Nothing is sent.
pub(super) fn transport(config: &OpenSearchConfig) -> Result<(Transport, Names), SearchError> {
    let names = Names::new(&config.prefix)?;
    let endpoint = endpoint(&config.endpoint)?;
    // Whoever chose a provider of ciphers before is right too.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = TransportBuilder::new(SingleNodeConnectionPool::new(endpoint)).timeout(config.timeout);
    let builder = match &config.access {
        Access::Open => builder,
        Access::Password { user, password } => builder.auth(Credentials::Basic(user.clone(), password.clone())),
        Access::Domain { credentials, region } => {
            builder.auth(Credentials::AwsSigV4(credentials.clone(), Region::new(region.clone()))).service_name("es")
        }
        Access::Collection { credentials, region } => {
            builder.auth(Credentials::AwsSigV4(credentials.clone(), Region::new(region.clone()))).service_name("aoss")
        }
    };
    let transport = builder.build().map_err(|error| SearchError::Setup(format!("no client for OpenSearch: {error}")))?;
    Ok((transport, names))
}

fn endpoint(text: &str) -> Result<Url, SearchError> {
    // The text isn't repeated before it is known to hold no password.
    let url = Url::parse(text).map_err(|error| SearchError::Setup(format!("endpoint: {error}, expected a URL")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SearchError::Setup("endpoint: it names a user, expected a URL without; give the user apart".into()));
    }
    match url.scheme() {
        "http" | "https" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        _ => Err(SearchError::Setup(format!("endpoint {text:?}: expected http://HOST or https://HOST, with port and path at most"))),
    }
}

#[cfg(test)]
mod tests;
