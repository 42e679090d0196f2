//! What each principal may do. The one place that says it; the object store and the queues ask here.
//!
//! Invariant: an agent reaches its own queue and its own prefix, nothing else, whether or not the other thing exists.

use super::AuthError;

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The server itself: everything is allowed.
    Owner,
    /// One agent.
    Agent {
        /// The agent's id, as given to [`super::Keyring::mint`].
        id: String,
    },
}

/// What an agent may ask of an object under its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectAction {
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// PUT, and every call of a multipart upload.
    Put,
    /// DELETE.
    Delete,
    /// List the keys under a prefix; the key asked about is that prefix.
    List,
}

impl ObjectAction {
    /// The action in an IAM policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get | Self::Head => "s3:GetObject",
            Self::Put => "s3:PutObject",
            Self::Delete => "s3:DeleteObject",
            Self::List => "s3:ListBucket",
        }
    }
}

/// The queue of an agent. It hears its wake-ups there.
pub fn agent_queue(agent: &str) -> String {
    format!("kraken-agent-{agent}")
}

/// The start of every object key of an agent, with the slash at its end.
pub fn agent_prefix(agent: &str) -> String {
    format!("agents/{agent}/")
}

/// What an agent may ask of its own queue: hear and acknowledge, never send.
const AGENT_QUEUE_ACTIONS: &[&str] = &["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueUrl", "GetQueueAttributes"];

impl Principal {
    /// May it call the SQS operation `operation` (`DeleteMessageBatch`) on `queue`? `None` stands for operations
    /// without a queue, such as `ListQueues`.
    pub fn check_queue(&self, operation: &str, queue: Option<&str>) -> Result<(), AuthError> {
        let Self::Agent { id } = self else { return Ok(()) };
        // As in IAM, the right to an operation is the right to its batch form.
        let single = operation.strip_suffix("Batch").unwrap_or(operation);
        if AGENT_QUEUE_ACTIONS.contains(&single) && queue == Some(agent_queue(id).as_str()) {
            return Ok(());
        }
        Err(self.refusal(&format!("sqs:{single}"), queue.unwrap_or("*")))
    }

    /// May it touch the object `key` of the data bucket? Keys are opaque: `..` has no meaning in them.
    pub fn check_object(&self, action: ObjectAction, key: &str) -> Result<(), AuthError> {
        let Self::Agent { id } = self else { return Ok(()) };
        if key.starts_with(&agent_prefix(id)) {
            return Ok(());
        }
        Err(self.refusal(action.name(), key))
    }

    /// The refusal of `action` on `resource`, for rules that live elsewhere (such as "only the data bucket").
    pub fn refusal(&self, action: &str, resource: &str) -> AuthError {
        let principal = match self {
            Self::Owner => "the owner".to_owned(),
            Self::Agent { id } => format!("agent {id}"),
        };
        AuthError::AccessDenied { principal, action: action.to_owned(), resource: resource.to_owned() }
    }
}

#[cfg(test)]
mod tests;
