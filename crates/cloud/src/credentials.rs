//! Short-lived credentials for agents: limited to their own queue and their own key prefix.

use std::{fmt, sync::Arc};

use kraken_domain::{AgentId, Timestamp};

use crate::Roles;

/// What an agent needs to reach its queue and its prefix, and nothing else.
#[derive(Clone)]
pub struct AgentAccess {
    /// Public part of the credentials.
    pub access_key_id: String,
    /// Secret part.
    pub secret_access_key: String,
    /// Goes with every request.
    pub session_token: String,
    /// When they end.
    pub expires: Timestamp,
}

impl AgentAccess {
    /// Credentials that are good for nothing, for who is not let in yet.
    pub fn none(now: Timestamp) -> Self {
        Self { access_key_id: String::new(), secret_access_key: String::new(), session_token: String::new(), expires: now }
    }
}

impl fmt::Debug for AgentAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentAccess").field("access_key_id", &self.access_key_id).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Whoever hands them out does not answer: the same call may go through later.
    #[error("credentials for agents cannot be had now: {0}")]
    Unavailable(String),
    /// They are refused; repeating the call will not help.
    #[error("credentials for agents are refused: {0}")]
    Refused(String),
}

/// Who hands out credentials, and where they are good: the embedded engines at home, a role on AWS.
#[derive(Clone)]
pub struct CredentialSource {
    maker: Maker,
    /// Endpoint of the queue service that agents reach; `None`: the cloud's own.
    pub queue_endpoint: Option<String>,
    /// Endpoint of the object store that agents reach; `None`: the cloud's own.
    pub object_endpoint: Option<String>,
    /// Region to sign for.
    pub region: String,
}

#[derive(Clone)]
enum Maker {
    Embedded(Arc<dyn Fn(AgentId, Timestamp) -> AgentAccess + Send + Sync>),
    Role(Arc<Roles>),
    Nobody,
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialSource").field("region", &self.region).finish_non_exhaustive()
    }
}

impl CredentialSource {
    /// Credentials that the embedded engines at `endpoint` accept, made by `mint` from agent and end.
    pub fn embedded(endpoint: &str, mint: impl Fn(AgentId, Timestamp) -> AgentAccess + Send + Sync + 'static) -> Self {
        Self {
            maker: Maker::Embedded(Arc::new(mint)),
            queue_endpoint: Some(endpoint.into()),
            object_endpoint: Some(endpoint.into()),
            region: "us-east-1".into(),
        }
    }

    /// Credentials of a role, narrowed for each agent.
    pub fn role(roles: Roles) -> Self {
        Self {
            queue_endpoint: roles.endpoint.clone(),
            object_endpoint: roles.endpoint.clone(),
            region: roles.region.clone(),
            maker: Maker::Role(Arc::new(roles)),
        }
    }

    /// None at all: for functions that let no agents in.
    pub fn nobody(region: &str) -> Self {
        Self { maker: Maker::Nobody, queue_endpoint: None, object_endpoint: None, region: region.into() }
    }

    /// Credentials for `agent` that end at `expires`, or as near to it as can be.
    ///
    /// # Errors
    /// [`CredentialError`].
    pub async fn for_agent(&self, agent: AgentId, now: Timestamp, expires: Timestamp) -> Result<AgentAccess, CredentialError> {
        match &self.maker {
            Maker::Embedded(mint) => Ok(mint(agent, expires)),
            Maker::Role(roles) => roles.access(agent, now, expires).await,
            Maker::Nobody => Err(CredentialError::Refused("this function lets no agents in".into())),
        }
    }
}
