//! Why a delivery is not taken.
//!
//! Invariant: a refusal never holds the secret, and of the body at most a short piece of the field that it names.

/// Why a delivery is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody configured a secret, so nobody can be believed.
    #[error("the webhook has no secret here: set one, and the same one at the git host")]
    NoSecret,
    /// The request carries no signature.
    #[error("the request has no header {header}: set the webhook's secret at the git host")]
    Unsigned {
        /// The header that was looked for.
        header: &'static str,
    },
    /// The signature is not one of this body with this secret.
    #[error("the signature in {header} does not fit: the secret here and the one at the git host must be the same")]
    BadSignature {
        /// The header that was compared.
        header: &'static str,
    },
    /// The body is longer than any host's.
    #[error("the body has {bytes} bytes: at most {max} are read")]
    TooLarge {
        /// The body's length.
        bytes: usize,
        /// What is read at most.
        max: usize,
    },
    /// No header says what happened.
    #[error("the request has no header {header}, which says what happened: is the webhook of the right kind of host?")]
    NoEvent {
        /// The header that was looked for.
        header: &'static str,
    },
    /// The body is a form.
    #[error("the body is a form, and JSON was expected: set the webhook's content type to application/json at the git host")]
    Form,
    /// The body is no JSON.
    #[error("the body is no JSON: {why}")]
    NotJson {
        /// What was wrong and where.
        why: String,
    },
    /// A field is missing or is not what it should be.
    #[error("{path} is {found}: expected {expected}")]
    Field {
        /// Where in the body: `/pull_request/head/sha`.
        path: String,
        /// What stands there, shortened.
        found: String,
        /// What should.
        expected: &'static str,
    },
}

impl Refusal {
    /// Whether the sender is not believed (HTTP 401), as against not understood (HTTP 400).
    pub fn is_distrust(&self) -> bool {
        matches!(self, Self::NoSecret | Self::Unsigned { .. } | Self::BadSignature { .. })
    }
}
