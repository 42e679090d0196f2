//! Why a request was turned away, in the words AWS uses, because the SDKs decide by them whether to fetch fresh
//! credentials or to give up.

/// A refusal. The text never holds a secret or a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request is not signed at all. Sign it with AWS Signature Version 4.
    #[error("the request carries no AWS Signature Version 4 authorization")]
    MissingAuthenticationToken,
    /// The authorization is there, but cannot be read. Correct the field it names.
    #[error("the authorization of the request is incomplete: {0}")]
    IncompleteSignature(String),
    /// The key id, or the session token that belongs to it, is not one of ours. Ask for new credentials.
    #[error("the security token included in the request is invalid: {0}")]
    InvalidClientTokenId(&'static str),
    /// The credentials have ended. Ask for new ones.
    #[error("the security token included in the request is expired")]
    ExpiredToken,
    /// The signature is of another request, made with another secret, or of another time. Check secret and clock.
    #[error("the request signature does not match: {0}")]
    SignatureDoesNotMatch(String),
    /// The principal is known and may not do this. Nothing to retry.
    #[error("{principal} is not allowed to perform {action} on {resource}")]
    AccessDenied {
        /// Who asked.
        principal: String,
        /// The action in the form of an IAM policy, such as `sqs:SendMessage`.
        action: String,
        /// The resource asked for.
        resource: String,
    },
}

impl AuthError {
    /// The error code of AWS.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationToken",
            Self::IncompleteSignature(_) => "IncompleteSignature",
            Self::InvalidClientTokenId(_) => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
            Self::SignatureDoesNotMatch(_) => "SignatureDoesNotMatch",
            Self::AccessDenied { .. } => "AccessDenied",
        }
    }

    /// The HTTP status that belongs to it.
    pub fn status(&self) -> http::StatusCode {
        match self {
            Self::IncompleteSignature(_) => http::StatusCode::BAD_REQUEST,
            _ => http::StatusCode::FORBIDDEN,
        }
    }
}
