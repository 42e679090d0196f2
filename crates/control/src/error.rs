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
    /// It is of another version than the caller says it read: read it again.
    #[error("{0}")]
    Moved(String),
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
    /// A service that is needed does not answer: try again later. What the service said is for the log alone.
    #[error("{service} does not answer: {detail}")]
    NoAnswer {
        /// Which, as people call it.
        service: &'static str,
        /// What was tried, and what came back.
        detail: String,
    },
    /// A stored log is none that an agent writes, or was damaged since: it cannot be read, and never will be.
    #[error("the log of job {job} cannot be read: {why}")]
    BadLog {
        /// Whose.
        job: kraken_domain::JobId,
        /// What is wrong with it.
        why: String,
    },
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

    /// Whether the same call may go through later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::NoAnswer { .. })
    }

    /// What anybody may read of it: what broke inside, and what a service said, is for the log, where the caller writes it.
    pub fn plainly(&self) -> String {
        match self {
            Self::NoAnswer { service, .. } => format!("{service} does not answer now"),
            Self::Damaged(_) => "something stored cannot be read any more; the server's log says what".to_owned(),
            Self::Internal(_) => "something broke on the server; its log says what".to_owned(),
            other => other.to_string(),
        }
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
            StoreError::Unavailable(detail) => Self::NoAnswer { service: "the table", detail },
            StoreError::TooLarge { .. } => Self::TooLarge(error.to_string()),
            StoreError::Cursor(_) => Self::invalid("/cursor", error.to_string()),
            StoreError::Refused { .. } | StoreError::Unreadable { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<ObjectError> for ControlError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Unavailable(detail) => Self::NoAnswer { service: "the object store", detail },
            ObjectError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<QueueError> for ControlError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Unavailable(detail) => Self::NoAnswer { service: "the queue service", detail },
            QueueError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<BusError> for ControlError {
    fn from(error: BusError) -> Self {
        match error {
            BusError::Unavailable(detail) => Self::NoAnswer { service: "the event bus", detail },
            BusError::Refused { .. } => Self::Internal(error.to_string()),
        }
    }
}

impl From<CredentialError> for ControlError {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Unavailable(detail) => Self::NoAnswer { service: "the service that gives agents their credentials", detail },
            CredentialError::Refused(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SealError> for ControlError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Unavailable(detail) => Self::NoAnswer { service: "the key service", detail },
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
