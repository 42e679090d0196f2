//! Short-lived credentials for agents: limited to their own queue and their own key prefix.

use std::{fmt, sync::Arc};

use kraken_domain::{AgentId, Timestamp};

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

/// Who hands out credentials, and where they are good: the embedded engines at home, STS with a session policy on AWS.
#[derive(Clone)]
pub struct CredentialSource {
    mint: Arc<dyn Fn(AgentId, Timestamp) -> AgentAccess + Send + Sync>,
    /// Endpoint of the queue service that agents reach; `None`: the cloud's own.
    pub queue_endpoint: Option<String>,
    /// Endpoint of the object store that agents reach; `None`: the cloud's own.
    pub object_endpoint: Option<String>,
    /// Region to sign for.
    pub region: String,
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
            mint: Arc::new(mint),
            queue_endpoint: Some(endpoint.into()),
            object_endpoint: Some(endpoint.into()),
            region: "us-east-1".into(),
        }
    }

    /// Credentials for `agent` that end at `expires`.
    pub fn for_agent(&self, agent: AgentId, expires: Timestamp) -> AgentAccess {
        (self.mint)(agent, expires)
    }
}
