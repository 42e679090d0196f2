//! Credentials for agents from STS: the agents' role, narrowed to one agent's queue and prefix by a session policy.

use std::fmt;

use aws_sdk_sts::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use kraken_domain::{AgentId, Timestamp};
use serde_json::json;

use crate::{AgentAccess, AgentQueue, CredentialError};

/// How long credentials of an assumed role may last, in seconds; one role that assumes another gets no more than an hour.
/// Source: AWS STS API Reference, AssumeRole.
const LASTS_S: std::ops::RangeInclusive<i64> = 900..=3600;

/// The role that agents' credentials are of, and what they reach with it.
#[derive(Clone)]
pub struct Roles {
    /// The client that assumes it.
    pub client: Client,
    /// Its ARN.
    pub role: String,
    /// The data bucket.
    pub bucket: String,
    /// The cloud's region.
    pub region: String,
    /// Where every service is, when that is not the cloud itself.
    pub endpoint: Option<String>,
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles").field("role", &self.role).field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl Roles {
    /// Credentials for `agent` that end at `expires` or a little later.
    pub(crate) async fn access(&self, agent: AgentId, now: Timestamp, expires: Timestamp) -> Result<AgentAccess, CredentialError> {
        let lasts_s = expires.duration_since(now).as_secs().clamp(*LASTS_S.start(), *LASTS_S.end());
        let call = self.client.assume_role().role_arn(&self.role).role_session_name(format!("agent-{agent}"));
        let call = call.policy(self.policy(agent)).duration_seconds(i32::try_from(lasts_s).unwrap_or(3600));
        let given = call.send().await.map_err(failed)?.credentials;
        let given = given.ok_or_else(|| CredentialError::Refused("AssumeRole gave no credentials".into()))?;
        Ok(AgentAccess {
            access_key_id: given.access_key_id,
            secret_access_key: given.secret_access_key,
            session_token: given.session_token,
            expires: Timestamp::from_second(given.expiration.secs()).unwrap_or(expires),
        })
    }

    /// What an agent may do, and on what; the role itself allows no more than this for all agents.
    fn policy(&self, agent: AgentId) -> String {
        let mut parts = self.role.split(':');
        let (partition, account) = (parts.nth(1).unwrap_or("aws"), parts.nth(2).unwrap_or_default());
        let queue = format!("arn:{partition}:sqs:{}:{account}:{}", self.region, AgentQueue::name(agent));
        let objects = format!("arn:{partition}:s3:::{}/agents/{agent}/*", self.bucket);
        let statements = json!([
            {
                "Effect": "Allow",
                "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
                "Resource": queue,
            },
            {
                "Effect": "Allow",
                "Action": ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
                "Resource": objects,
            },
        ]);
        json!({"Version": "2012-10-17", "Statement": statements}).to_string()
    }
}

/// A code of an answer that asks for patience. Source: AWS STS API Reference, Common Errors.
fn is_throttled(code: Option<&str>) -> bool {
    matches!(code, Some("Throttling" | "ThrottlingException" | "RequestLimitExceeded"))
}

fn failed<E>(error: SdkError<E, HttpResponse>) -> CredentialError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let detail = DisplayErrorContext(&error).to_string();
    match error {
        SdkError::ServiceError(service) if (400..500).contains(&service.raw().status().as_u16()) && !is_throttled(service.err().code()) => {
            CredentialError::Refused(detail)
        }
        _ => CredentialError::Unavailable(detail),
    }
}

#[cfg(test)]
mod tests;
