//! How an agent joins: with an enrolment token it may work at once, without one an administrator has to authorise it.
//!
//! The token never comes from the command line, where every user of the host could read it.

use std::{
    fmt,
    io::{self, BufRead, Read},
    path::{Path, PathBuf},
};

use kraken_domain::agent::HostFacts;
use kraken_protocol::agent::EnrolRequest;

use super::{Identity, StateDir, StateError};
use crate::api::{Api, ApiError, BadServer};

/// The environment variable that may hold the token.
pub const TOKEN_VAR: &str = "KRAKEN_ENROLMENT_TOKEN";

/// A secret with which agents may join.
pub struct EnrolmentToken(String);

impl fmt::Debug for EnrolmentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnrolmentToken")
    }
}

/// Why an agent could not join.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// There is no token where one was promised.
    #[error("no enrolment token in {}: {reason}", .place.display())]
    Token {
        /// The file, or `-`.
        place: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The server's address or the token cannot be used.
    #[error(transparent)]
    Server(#[from] BadServer),
    /// The server refused, or cannot be reached.
    #[error("this agent could not enrol: {0}")]
    Api(#[from] ApiError),
    /// What the server gave could not be kept.
    #[error(transparent)]
    State(#[from] StateError),
}

impl EnrolmentToken {
    /// A token that is at hand already.
    pub fn new(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        (!secret.is_empty()).then(|| Self(secret.to_owned()))
    }

    /// The token in a file, or on standard input where the file is `-`.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(place: &Path) -> Result<Self, EnrolError> {
        let wrong = |reason: String| EnrolError::Token { place: place.to_owned(), reason };
        let mut text = String::new();
        let read = match place.to_str() {
            // Its first line: whoever writes it may hold the pipe open.
            Some("-") => io::stdin().lock().read_line(&mut text),
            _ => std::fs::File::open(place).and_then(|mut file| file.read_to_string(&mut text)),
        };
        read.map_err(|error| wrong(error.to_string()))?;
        Self::new(&text).ok_or_else(|| wrong("it is empty".to_owned()))
    }

    /// The token in the environment, if there is one.
    pub fn from_environment() -> Option<Self> {
        Self::new(&std::env::var(TOKEN_VAR).ok()?)
    }
}

/// Joins, and keeps who the agent is from then on.
///
/// # Errors
/// See [`EnrolError`].
pub async fn enrol(
    state: &StateDir,
    server: &Api,
    token: Option<&EnrolmentToken>,
    name: Option<String>,
    facts: HostFacts,
) -> Result<Identity, EnrolError> {
    let api = match token {
        Some(token) => server.with_token(&token.0)?,
        None => server.clone(),
    };
    // Kept before it is sent: an enrolment whose answer is lost is repeated with the same.
    let secret = Some(state.proposed_secret()?);
    let request = EnrolRequest { name, facts, installation: state.installation().to_owned(), secret };
    let enrolled = api.call(&request).await?;
    let identity = Identity { server: server.address().to_owned(), agent: enrolled.agent, token: enrolled.token };
    state.keep_identity(&identity)?;
    state.forget_proposed_secret();
    let agent = identity.agent;
    if enrolled.authorised {
        tracing::info!(agent.id = %agent, "enrolled");
    } else {
        tracing::info!(agent.id = %agent, "enrolled; an administrator must authorise this agent before it gets jobs");
    }
    Ok(identity)
}
