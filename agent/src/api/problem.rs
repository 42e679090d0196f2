//! What can come back instead of an answer, by what the agent should do about it.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

/// Why a call brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The server cannot be reached, or the answer was cut off. Try again.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The server cannot answer now. Try again.
    #[error("the server cannot answer now (status {status}): {detail}")]
    Unwell {
        /// HTTP status.
        status: u16,
        /// What it says of it.
        detail: String,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The token is worth nothing: never was, or the agent was deleted. Stop, and enrol again.
    #[error("the server does not know this agent's token ({0}); enrol it again")]
    Unauthorised(String),
    /// The job is held by somebody else, or nobody. Stop working on it.
    #[error("the job is no longer held by this agent: {0}")]
    StaleGeneration(String),
    /// Another living installation speaks with the same token. Stop.
    #[error("another installation speaks for this agent: {0}; give each its own state directory and enrol it")]
    AgentInUse(String),
    /// The request was understood and refused. Asking again is no use.
    #[error("the server refused (status {status}, {kind}): {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The last part of the problem's type.
        kind: String,
        /// In a sentence.
        detail: String,
    },
    /// The answer makes no sense to this version. Asking again is no use.
    #[error("the server's answer cannot be understood: {0}; are agent and server more than one minor version apart?")]
    Garbled(String),
}

/// RFC 9457.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    detail: String,
}

/// More of an answer that is no problem document is not shown.
const SHOWN_CHARS: usize = 200;

impl ApiError {
    /// Whether the same call may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Unwell { .. })
    }

    /// Whether no agent with this state directory can go on.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Unauthorised(_) | Self::AgentInUse(_))
    }

    /// How long the server wants to be left alone, at most a minute.
    pub(super) fn wait_at_least(&self) -> Duration {
        match self {
            Self::Unwell { retry_after: Some(wait), .. } => (*wait).min(Duration::from_secs(60)),
            _ => Duration::ZERO,
        }
    }

    pub(super) fn from_transport(error: reqwest::Error) -> Self {
        // The innermost cause says most ("connection refused"); the address is known and may hold credentials.
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let what = if error.is_timeout() { "no answer in time".to_owned() } else { cause.to_string() };
        Self::Unreachable(what)
    }

    pub(super) fn from_problem(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
        let kind = problem.kind.rsplit(['/', '#', ':']).next().unwrap_or_default().to_owned();
        let detail = [problem.detail, problem.title].into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| {
            let text: String = String::from_utf8_lossy(body).chars().take(SHOWN_CHARS).collect();
            if text.trim().is_empty() { "no explanation".to_owned() } else { text }
        });
        match (kind.as_str(), status) {
            ("stale-generation", _) => Self::StaleGeneration(detail),
            ("agent-in-use", _) => Self::AgentInUse(detail),
            (_, StatusCode::UNAUTHORIZED) => Self::Unauthorised(detail),
            (_, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT) => {
                Self::Unwell { status: status.as_u16(), detail, retry_after }
            }
            _ if status.is_server_error() => Self::Unwell { status: status.as_u16(), detail, retry_after },
            _ => Self::Refused { status: status.as_u16(), kind, detail },
        }
    }
}

#[cfg(test)]
mod tests;
