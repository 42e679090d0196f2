//! Looks into real repositories, over real sockets, and in folders.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code)]

#[path = "../../../../tests/harness/src/git_repo.rs"]
mod git_repo;
#[path = "../../../../tests/harness/src/git_server.rs"]
mod git_server;

mod between;
mod certificates;
mod files;
mod heads;
mod hosts;

use std::{path::Path, time::Duration};

use git_repo::GitRepo;
use git_server::{GitServer, Manners};
use kraken_repos::{Credentials, Limits, Place, Reach, Repos};
use tempfile::TempDir;

/// A repository, served.
struct Host {
    repo: GitRepo,
    server: GitServer,
    folder: TempDir,
}

impl Host {
    async fn new() -> Self {
        Self::with(Manners::default()).await
    }

    async fn with(manners: Manners) -> Self {
        let folder = TempDir::new().unwrap();
        let repo = GitRepo::create(folder.path(), "a.git");
        Self { repo, server: GitServer::start(folder.path(), manners).await, folder }
    }

    fn place(&self) -> Place {
        place(&self.server.url("a.git"))
    }

    fn folder(&self) -> Place {
        place(self.repo.path().to_str().unwrap())
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }
}

fn place(url: &str) -> Place {
    Place { address: url.parse().unwrap(), branch: "main".to_owned(), credentials: Credentials::Nobody, any_certificate: false }
}

fn limits() -> Limits {
    Limits { time: Duration::from_secs(60), ..Limits::default() }
}

fn repos() -> Repos {
    Repos::new(Reach::Machine, limits()).unwrap()
}
