//! What can go wrong in a command, how the program then ends, and what the user may do about it.
//!
//! No failure holds a token or the text of a file that may hold one.

use std::path::{Path, PathBuf};

use kraken_protocol::api::{FieldProblem, Problem};

use crate::exit::Exit;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server refused.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// No connection, or it broke.
    #[error("cannot reach the server {server}: {reason}")]
    Unreachable {
        /// Where it was looked for.
        server: String,
        /// What the network said.
        reason: String,
    },
    /// Something answered that does not speak Kraken's API, or another version of it.
    #[error("{server} does not answer like a Kraken server: {reason}")]
    NotTheApi {
        /// Who answered.
        server: String,
        /// What was odd.
        reason: String,
    },
    /// A name that leads nowhere.
    #[error("{0}")]
    NotFound(String),
    /// The command line makes no sense in a way that only showed later.
    #[error("{0}")]
    Usage(String),
    /// Not now, or not in this state.
    #[error("{0}")]
    Refused(String),
    /// A file or value of the user is wrong.
    #[error("{message}")]
    Invalid {
        /// What is wrong.
        message: String,
        /// The file that the problems are in.
        file: Option<PathBuf>,
        /// Where in it.
        problems: Vec<FieldProblem>,
    },
    /// A local file could not be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// `read`, `write`, `make`.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The flow, run or job ended in error; all has been said already.
    #[error("ended in error")]
    EndedInError,
    /// Anything else.
    #[error("{0}")]
    Other(String),
    /// Whatever read the standard output has gone.
    #[error("the output was closed")]
    OutputClosed,
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted {
        /// What goes on nevertheless.
        note: Option<String>,
    },
}

impl Failure {
    /// Wrong input without places.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), file: None, problems: Vec::new() }
    }

    /// A local file that could not be read, written or made.
    pub fn file(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::File { doing, path: path.to_owned(), source }
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Problem(problem) => exit_of_problem(problem),
            Self::Unreachable { .. } | Self::NotTheApi { .. } => Exit::Unreachable,
            Self::NotFound(_) => Exit::NotFound,
            Self::Usage(_) => Exit::Usage,
            Self::Refused(_) => Exit::Conflict,
            Self::Invalid { .. } => Exit::Invalid,
            Self::File { doing, .. } if *doing == "read" => Exit::Invalid,
            Self::File { .. } | Self::EndedInError | Self::Other(_) => Exit::Error,
            Self::OutputClosed => Exit::OutputClosed,
            Self::Interrupted { .. } => Exit::Interrupted,
        }
    }

    /// One line on what to do, where there is something.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Problem(problem) => advice_on_problem(problem).map(str::to_owned),
            Self::Unreachable { server, .. } => {
                Some(format!("is it running at {server}? Start one here with `kraken up`, or choose another with --server URL"))
            }
            Self::NotTheApi { .. } => Some("check the address given by --server, KRAKEN_SERVER or `kraken login`".to_owned()),
            Self::Interrupted { note } => note.clone(),
            _ => None,
        }
    }
}

/// The kind decides; a status alone (a proxy in between, a later kind) is the second choice.
fn exit_of_problem(problem: &Problem) -> Exit {
    match problem.kind.strip_prefix("/problems/").unwrap_or_default() {
        "not-found" => Exit::NotFound,
        "unauthorised" | "forbidden" => Exit::Denied,
        "invalid" | "too-large" => Exit::Invalid,
        "conflict" | "stale-generation" | "agent-in-use" => Exit::Conflict,
        "unavailable" => Exit::Unreachable,
        "internal" => Exit::Error,
        _ => match problem.status {
            401 | 403 => Exit::Denied,
            404 | 410 => Exit::NotFound,
            409 | 412 | 423 | 428 | 429 => Exit::Conflict,
            502..=504 => Exit::Unreachable,
            400..=499 => Exit::Invalid,
            _ => Exit::Error,
        },
    }
}

fn advice_on_problem(problem: &Problem) -> Option<&'static str> {
    if problem.status == 401 {
        return Some("log in with `kraken login URL`, or give a token by KRAKEN_TOKEN or --token-file");
    }
    match exit_of_problem(problem) {
        Exit::Denied => Some("ask an administrator for a token with the role that this needs"),
        Exit::NotFound => Some("the `list` commands show what there is"),
        Exit::Unreachable => Some("try again in a moment"),
        Exit::Conflict => Some("look at its present state with `show`, then decide again"),
        Exit::Error if !problem.request_id.is_empty() => Some("the server's log says more under this request id"),
        _ => None,
    }
}

/// What commands give back.
pub type Outcome<T = ()> = Result<T, Failure>;

#[cfg(test)]
mod tests;
