//! What a use case answers when it does not do what was asked, in terms of what the caller should do.

use kraken_cloud::{BusError, CredentialError, ObjectError, QueueError, SealError};
use kraken_domain::{agent::AgentRefusal, job::JobRefusal, record::InvalidName, run::RunRefusal};
use kraken_protocol::api::FieldProblem;
use kraken_store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// There is no such thing; asking again will not help.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The request is wrong: mend it. One entry per problem.
    #[error("{}", .0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldProblem>),
    /// The thing is not in a state for it: look at it again.
    #[error("{0}")]
    Conflict(String),
    /// An agent works on what is no longer its own: stop.
    #[error("{0}")]
    Stale(String),
    /// Another living installation speaks with the same agent token.
    #[error("{0}")]
    AgentInUse(String),
    /// The caller's token is unknown, or has ended.
    #[error("{0}")]
    Unauthorised(String),
    /// The caller may not do it.
    #[error("{0}")]
    Forbidden(String),
    /// It is larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// Something that is needed does not answer: try again later.
    #[error("{0}")]
    Unavailable(String),
    /// Something stored cannot be read, and never will be: what depends on it ends.
    #[error("{0}")]
    Damaged(String),
    /// A defect here, or something refuses us.
    #[error("{0}")]
    Internal(String),
}

impl ControlError {
    /// There is no such thing.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// One field is wrong.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldProblem { path: path.into(), line: None, message: message.into() }])
    }

    pub(crate) fn name(path: &str, error: InvalidName) -> Self {
        Self::invalid(path, error.to_string())
    }
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error.to_string()),
            StoreError::TooLarge { .. } => Self::TooLarge(error.to_string()),
            StoreError::Cursor(_) => Self::invalid("/cursor", error.to_string()),
            StoreError::Refused { .. } | StoreError::Unreadable { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<ObjectError> for ControlError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unavailable(_) => Self::Unavailable(error.to_string()),
            ObjectError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<QueueError> for ControlError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Unavailable(_) => Self::Unavailable(error.to_string()),
            QueueError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<BusError> for ControlError {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Unavailable(_) => Self::Unavailable(error.to_string()),
            BusError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<CredentialError> for ControlError {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Unavailable(_) => Self::Unavailable(error.to_string()),
            CredentialError::Refused(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SealError> for ControlError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Unavailable(_) => Self::Unavailable(error.to_string()),
            SealError::UnknownKey { .. } | SealError::NotOpened { .. } => Self::Damaged(error.to_string()),
            SealError::Refused { .. } | SealError::NoKey => Self::Internal(error.to_string()),
        }
    }
}

impl From<JobRefusal> for ControlError {
    fn from(refusal: JobRefusal) -> Self {
        match refusal {
            JobRefusal::Stale { .. } => Self::Stale(refusal.to_string()),
            JobRefusal::NotNow { .. } | JobRefusal::Already { .. } => Self::Conflict(refusal.to_string()),
        }
    }
}

impl From<RunRefusal> for ControlError {
    fn from(refusal: RunRefusal) -> Self {
        Self::Conflict(refusal.to_string())
    }
}

impl From<AgentRefusal> for ControlError {
    fn from(refusal: AgentRefusal) -> Self {
        Self::Conflict(refusal.to_string())
    }
}
