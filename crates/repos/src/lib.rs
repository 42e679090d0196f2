//! Looks into git repositories that are elsewhere, without the git program: what a branch points at, one file of it, which commits are new.
//!
//! It speaks git's protocol version 2 over HTTP (<https://git-scm.com/docs/protocol-v2>), asks for as little as the host can be asked for, and
//! holds what comes in memory; packs and objects are read with gitoxide's crates. Where the home allows it, a repository in a folder is served
//! by the git program of that machine.
//!
//! Invariants: no look takes longer or holds more than its [`Limits`]; credentials go to the host that they were given for and nowhere else,
//! neither into an address nor into an error; where only the outside may be reached ([`Reach`]), no name leads to this machine or to
//! addresses of its network segment, where clouds keep credentials.

mod address;
mod between;
mod changed;
mod commit_id;
mod credentials;
mod error;
mod fetch;
mod file;
mod folder;
mod limits;
mod lines;
mod objects;
mod order;
mod pack;
mod reach;
mod refs;
mod session;
mod until;
mod web;

pub use address::{Address, BadAddress};
pub use between::{Between, COMMITS_MAX, NewCommit};
pub use commit_id::{CommitId, NotACommitId};
pub use credentials::Credentials;
pub use error::RepoError;
pub use file::FileAt;
pub use limits::Limits;
pub use reach::Reach;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use session::Session;
use until::Until;
use web::Web;

/// Looks into repositories. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Repos {
    web: Web,
    reach: Reach,
    limits: Limits,
    fetches: Arc<Semaphore>,
}

/// A branch of a repository, and who asks for it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where the repository is.
    pub address: Address,
    /// The branch, without `refs/heads/`; or a whole name such as `refs/tags/v1`.
    pub branch: String,
    /// Who asks.
    pub credentials: Credentials,
    /// Any certificate of its host is good enough. Not together with credentials.
    pub any_certificate: bool,
}

impl Repos {
    /// Will look at what `reach` allows, each look within `limits`. Makes no call.
    ///
    /// # Errors
    /// [`RepoError::Client`] when no HTTP client can be made.
    pub fn new(reach: Reach, limits: Limits) -> Result<Self, RepoError> {
        Ok(Self { web: Web::new(reach)?, reach, limits, fetches: Arc::new(Semaphore::new(limits.at_once)) })
    }

    /// The commit that the branch points at.
    ///
    /// # Errors
    /// [`RepoError`], in words for whoever set the repository up.
    pub async fn head(&self, place: &Place) -> Result<CommitId, RepoError> {
        self.in_time(async |until| {
            let session = self.open(place, until, None).await?;
            refs::head(&session, &place.branch).await
        })
        .await
    }

    /// A file as it is on the branch now.
    ///
    /// # Errors
    /// [`RepoError`], in words for whoever set the repository up.
    pub async fn read_file(&self, place: &Place, path: &str) -> Result<FileAt, RepoError> {
        self.in_time(async |until| {
            let turn = self.turn().await;
            let mut session = self.open(place, until, turn).await?;
            let commit = refs::head(&session, &place.branch).await?;
            file::read(&mut session, &place.branch, commit, path).await
        })
        .await
    }

    /// What is new at `after` to who knew `before`: at most [`COMMITS_MAX`] commits, the newest, with the paths that they change.
    ///
    /// # Errors
    /// [`RepoError`]; that `before` is no more is no error.
    pub async fn commits_between(&self, place: &Place, before: &CommitId, after: &CommitId) -> Result<Between, RepoError> {
        self.in_time(async |until| {
            let turn = self.turn().await;
            let mut session = self.open(place, until, turn).await?;
            between::commits(&mut session, before, after).await
        })
        .await
    }

    async fn open(&self, place: &Place, until: Until, turn: Option<Turn>) -> Result<Session, RepoError> {
        if matches!(place.address, Address::Folder(_)) && !self.reach.folders() {
            return Err(RepoError::NotHere { repo: place.address.to_string() });
        }
        Session::open(&self.web, place, self.limits, until, turn).await
    }

    async fn turn(&self) -> Option<Turn> {
        // It is never closed.
        self.fetches.clone().acquire_owned().await.ok().map(Arc::new)
    }

    async fn in_time<T>(&self, look: impl AsyncFnOnce(Until) -> Result<T, RepoError>) -> Result<T, RepoError> {
        let limit = self.limits.time;
        match tokio::time::timeout(limit, look(Until::within(limit))).await {
            Ok(found) => found,
            Err(_) => Err(RepoError::timed_out(limit)),
        }
    }
}

/// The right to fetch objects. Whoever holds some of them holds it, too, also where nobody waits for the look any more.
type Turn = Arc<OwnedSemaphorePermit>;
