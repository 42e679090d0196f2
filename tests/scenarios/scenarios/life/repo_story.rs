//! What stories about repositories begin with.

use anyhow::Result;
use kraken_harness::{GitRepo, GitServer, Home, Manners};
use tempfile::TempDir;

/// A system, the served repository `shop.git` with one commit on `main`, and a branch to put stages into.
pub(super) struct Story {
    pub(super) home: Home,
    pub(super) repo: GitRepo,
    pub(super) server: GitServer,
    pub(super) branch: String,
    pub(super) _folder: TempDir,
}

impl Story {
    /// With one file in the repository.
    pub(super) async fn with_file(path: &str, content: &str) -> Result<Self> {
        let (home, folder) = (Home::start().await?, TempDir::new()?);
        let repo = GitRepo::create(folder.path(), "shop.git");
        repo.write(path, content).commit("one");
        repo.push("main");
        let server = GitServer::start(folder.path(), Manners::default()).await;
        let branch = home.api().branch_with("demo", &[]).await?;
        Ok(Self { home, repo, server, branch, _folder: folder })
    }
}
