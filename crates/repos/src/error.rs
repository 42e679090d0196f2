//! Why a look found nothing, in words for whoever set the repository up.

use std::time::Duration;

use crate::CommitId;

/// Why a look found nothing. Addresses in it hold no credentials.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// Folders are not read here.
    #[error("{repo} is a folder: this installation reads repositories over https alone")]
    NotHere {
        /// The folder.
        repo: String,
    },
    /// Its host is not known.
    #[error("the host of {repo} is not known: check its spelling ({detail})")]
    UnknownHost {
        /// The repository.
        repo: String,
        /// What the resolver said.
        detail: String,
    },
    /// Its host leads where nothing may be read from.
    #[error("{repo} leads to an address that must not be reached from here ({detail}): use the address of a git host")]
    Refused {
        /// The repository.
        repo: String,
        /// Which.
        detail: String,
    },
    /// The host wants to know who asks.
    #[error("{repo} is not public: name a secret with an access token, or a user and password, as its credentials")]
    WhoAsks {
        /// The repository.
        repo: String,
    },
    /// The credentials are not good for it.
    #[error("{repo} refuses the credentials ({status}): renew the token or password, and check that it may read this repository")]
    Credentials {
        /// The repository.
        repo: String,
        /// The HTTP status.
        status: u16,
    },
    /// The credentials would go in plain text over a network.
    #[error("{repo}: credentials are not sent over http, where others can read them: use https")]
    Plain {
        /// The repository.
        repo: String,
    },
    /// The credentials would go to a host of which nobody knows who it is.
    #[error("{repo}: credentials are not sent to a host whose certificate is not checked: leave out http.sslVerify, or the credentials")]
    Unchecked {
        /// The repository.
        repo: String,
    },
    /// There is no such repository, or it is hidden from who asks.
    #[error("there is no repository {repo}, or who asks may not see it: check the address and the credentials")]
    NoRepo {
        /// The repository.
        repo: String,
    },
    /// There is no such branch.
    #[error("{repo} has no branch {branch:?}: check its spelling; it may have been deleted")]
    NoBranch {
        /// The repository.
        repo: String,
        /// The branch.
        branch: String,
    },
    /// The host does not give this commit, or something of it, away.
    #[error("{repo} does not have {what} (any more): {detail}")]
    Gone {
        /// The repository.
        repo: String,
        /// What was asked for.
        what: String,
        /// What the host said.
        detail: String,
    },
    /// There is no such file.
    #[error("{repo} has no file {path:?} on branch {branch:?} (commit {commit})")]
    NoFile {
        /// The repository.
        repo: String,
        /// The branch.
        branch: String,
        /// The file.
        path: String,
        /// Where it was looked for.
        commit: CommitId,
    },
    /// There is something of that name, and it is no file.
    #[error("{path:?} in {repo} is {what}, not a file")]
    NotAFile {
        /// The repository.
        repo: String,
        /// The path.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// It is more than what may be held.
    #[error("{what} of {repo} is more than {limit} bytes, which is all that is read{hint}")]
    TooLarge {
        /// The repository.
        repo: String,
        /// What is.
        what: &'static str,
        /// The bytes that are allowed.
        limit: usize,
        /// What would make it less.
        hint: &'static str,
    },
    /// It is more objects than what may be held.
    #[error("{repo} sends more than {limit} objects, which is all that is read{hint}")]
    TooMany {
        /// The repository.
        repo: String,
        /// The objects that are allowed.
        limit: usize,
        /// What would make it less.
        hint: &'static str,
    },
    /// The host was too slow.
    #[error("no answer within {seconds} s: the host of the repository is too slow, or cannot be reached from here")]
    TimedOut {
        /// The limit.
        seconds: u64,
    },
    /// The host does not answer, or not well: later it may.
    #[error("{repo} cannot be read now: {detail}")]
    Away {
        /// The repository.
        repo: String,
        /// What happened.
        detail: String,
    },
    /// It answers in a way that is not understood.
    #[error("{repo} does not answer as a git repository does: {detail}")]
    NotGit {
        /// The repository.
        repo: String,
        /// What is wrong.
        detail: String,
    },
    /// No HTTP client can be made: a fault of this machine.
    #[error("secure connections cannot be prepared: {0}")]
    Client(String),
}

impl RepoError {
    pub(crate) fn timed_out(limit: Duration) -> Self {
        Self::TimedOut { seconds: limit.as_secs().max(1) }
    }

    /// Whether the same look may well succeed later without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Away { .. } | Self::UnknownHost { .. } | Self::Client(_))
    }
}
