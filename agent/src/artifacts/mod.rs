//! Files that a job keeps, and files of earlier runs that it wants back.
//!
//! Tools have no way to the network of their own: they ask the agent, and files go between the workspace and an [`ArtifactStore`].
//! Invariant: whatever a job does to its workspace, the agent neither reads nor writes a file outside of it.

mod folder;
mod names;
mod remote;
mod requests;

use async_trait::async_trait;
use kraken_protocol::tool::FileEntry;

use crate::executor::Workspace;

pub use folder::FolderStore;
pub use remote::RemoteStore;
pub use requests::answer;

/// Why files could not be stored or fetched: words for the step that asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ArtifactError(pub(crate) String);

impl ArtifactError {
    fn of(name: &str, what: impl std::fmt::Display) -> Self {
        Self(format!("{name:?}: {what}"))
    }
}

/// Files that a step wants to keep.
#[derive(Clone, Debug, Default)]
pub struct ToKeep {
    /// The files, each of which must still have the size and check sum named.
    pub files: Vec<FileEntry>,
    /// Whether they may be fetched without a token.
    pub public: bool,
    /// The name of the one that is the entry page of a report.
    pub report_entry: Option<String>,
}

/// Where the artifacts of a job go, and come from.
#[async_trait]
pub trait ArtifactStore: Send + Sync {
    /// Stores files of the workspace. Returns when all of them are stored and known.
    async fn keep(&self, workspace: &Workspace, wanted: &ToKeep) -> Result<(), ArtifactError>;

    /// Brings the files of the newest run that has all `sources` into `folder` of the workspace. An entry's `path` is where it lies then.
    async fn fetch(&self, workspace: &Workspace, folder: &str, sources: &[String]) -> Result<Vec<FileEntry>, ArtifactError>;
}
