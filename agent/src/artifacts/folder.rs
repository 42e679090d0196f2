//! Artifacts in a folder of this host: what a run without a server uses.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use globset::{GlobBuilder, GlobSetBuilder};
use kraken_protocol::tool::FileEntry;
use sha2::{Digest, Sha256};

use super::{ArtifactError, ArtifactStore, ToKeep, names};
use crate::executor::Workspace;

/// Keeps files below a folder, by their names.
pub struct FolderStore {
    root: PathBuf,
}

impl FolderStore {
    /// Will keep them below `root`, which is made when it is needed.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

#[async_trait]
impl ArtifactStore for FolderStore {
    async fn keep(&self, workspace: &Workspace, wanted: &ToKeep) -> Result<(), ArtifactError> {
        for entry in &wanted.files {
            names::check(&entry.name)?;
            copy_out(workspace, entry, &self.root.join(&entry.name)).map_err(|error| ArtifactError::of(&entry.name, error))?;
        }
        Ok(())
    }

    async fn fetch(&self, workspace: &Workspace, folder: &str, sources: &[String]) -> Result<Vec<FileEntry>, ArtifactError> {
        let mut found = Vec::new();
        for source in sources {
            let names = self.matching(source)?;
            if names.is_empty() {
                return Err(ArtifactError(format!("no artifact matches {source:?}")));
            }
            found.extend(names.into_iter().filter(|name| !found.contains(name)).collect::<Vec<_>>());
        }
        found.into_iter().map(|name| self.copy_in(workspace, folder, &name).map_err(|error| ArtifactError::of(&name, error))).collect()
    }
}

impl FolderStore {
    fn matching(&self, source: &str) -> Result<Vec<String>, ArtifactError> {
        let wrong = |error: globset::Error| ArtifactError(format!("{source:?} is not a pattern: {}", error.kind()));
        let glob = GlobBuilder::new(source).literal_separator(true).build().map_err(wrong)?;
        let set = GlobSetBuilder::new().add(glob).build().map_err(wrong)?;
        let mut names = Vec::new();
        list(&self.root, "", &mut names).map_err(|error| ArtifactError(format!("{}: {error}", self.root.display())))?;
        names.retain(|name| set.is_match(name));
        names.sort_unstable();
        Ok(names)
    }

    fn copy_in(&self, workspace: &Workspace, folder: &str, name: &str) -> io::Result<FileEntry> {
        let mut from = fs::File::open(self.root.join(name))?;
        let mode = from.metadata()?.permissions().mode() & 0o777;
        let path = format!("{folder}/{name}");
        let mut to = workspace.create(&path)?;
        let size = io::copy(&mut from, &mut to)?;
        to.set_permissions(fs::Permissions::from_mode(mode))?;
        let mut sum = Sha256::new();
        io::copy(&mut workspace.open(&path)?, &mut sum)?;
        Ok(FileEntry { path, name: name.to_owned(), size, sha256: hex::encode(sum.finalize()), mode })
    }
}

fn copy_out(workspace: &Workspace, entry: &FileEntry, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    io::copy(&mut workspace.open(&entry.path)?, &mut fs::File::create(to)?)?;
    fs::set_permissions(to, fs::Permissions::from_mode(entry.mode & 0o777))
}

/// The names of all files below `folder`.
fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
