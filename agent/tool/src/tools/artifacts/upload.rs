//! Uploading: checksums, a manifest in batches, and copies of files that the agent cannot reach because they lie outside the workspace.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use kraken_protocol::tool::{Answer, Ask, BATCH_ITEMS, FileEntry, PRIVATE_DIR};

use super::checksum;
use super::select::{Chosen, select};
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

pub(super) fn run(around: &mut Surroundings, task: &Task<'_>, sources: &[String]) -> Result<(), Failure> {
    let cwd = task.cwd()?;
    let public = task.fields.truth("public")?;
    let prefix = prefix_of(&task.fields.text("destination")?.unwrap_or_default())?;
    let entry = task.fields.text("report_entry")?.map(|entry| prefix_of(&entry)).transpose()?;
    let chosen = select(&cwd, sources)?;
    let known = |entry: &&PathBuf| chosen.iter().any(|file| Path::new(&file.name) == entry.as_path());
    if let Some(entry) = entry.as_ref().filter(|entry| !known(entry)) {
        return Err(Failure::step(format!("report_entry: {} is not among the {} uploaded files", entry.display(), chosen.len())));
    }
    let entry = entry.map(|entry| text_of(&prefix.join(entry)));

    let mut staging = Staging { workspace: canonical(&task.workspace())?, folder: None, count: 0 };
    let mut bytes = 0;
    for batch in chosen.chunks(BATCH_ITEMS) {
        let mut files = Vec::with_capacity(batch.len());
        for file in batch {
            files.push(staging.entry(file, &prefix)?);
        }
        bytes += files.iter().map(|file| file.size).sum::<u64>();
        let report_entry = entry.clone().filter(|entry| files.iter().any(|file| file.name == *entry));
        match around.ask(Ask::UploadArtifacts { files, public, report_entry })? {
            Answer::ArtifactsStored => {}
            Answer::Error { message } => return Err(Failure::step(format!("upload: {message}"))),
            _ => return Err(Failure::executor("upload: the agent's answer is not understood; update the agent")),
        }
    }
    println!("Uploaded {} files, {bytes} bytes", chosen.len());
    Ok(())
}

/// A relative path without tricks, for names.
fn prefix_of(text: &str) -> Result<PathBuf, Failure> {
    let parts = Path::new(text).components().filter(|part| *part != Component::CurDir);
    let clean: Option<PathBuf> = parts.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect();
    clean.ok_or_else(|| Failure::step(format!("{text:?} is not a relative path without `..`")))
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn canonical(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::executor(format!("{}: {error}", path.display())))
}

/// Copies that the agent can reach; removed when all is uploaded.
struct Staging {
    workspace: PathBuf,
    folder: Option<PathBuf>,
    count: u64,
}

impl Staging {
    /// The manifest's line for a file.
    fn entry(&mut self, chosen: &Chosen, prefix: &Path) -> Result<FileEntry, Failure> {
        let wrong = |error: std::io::Error| Failure::step(format!("upload: {}: {error}", chosen.path.display()));
        let real = chosen.path.canonicalize().map_err(wrong)?;
        let mut file = File::open(&real).map_err(wrong)?;
        let mode = file.metadata().map_err(wrong)?.permissions().mode() & 0o777;
        let (path, (size, sha256)) = match real.strip_prefix(&self.workspace).ok().and_then(Path::to_str) {
            Some(inside) => (inside.to_owned(), checksum::of(&mut file, None).map_err(wrong)?),
            None => self.copy(&mut file).map_err(wrong)?,
        };
        Ok(FileEntry { path, name: text_of(&prefix.join(&chosen.name)), size, sha256, mode })
    }

    fn copy(&mut self, file: &mut File) -> std::io::Result<(String, (u64, String))> {
        let relative = format!("{PRIVATE_DIR}/outbox/{}", self.count);
        self.count += 1;
        let path = self.workspace.join(&relative);
        if self.folder.is_none() {
            let folder = self.workspace.join(PRIVATE_DIR).join("outbox");
            fs::create_dir_all(&folder)?;
            self.folder = Some(folder);
        }
        let mut copy = File::create(path)?;
        Ok((relative, checksum::of(file, Some(&mut copy))?))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _goes_with_the_workspace = fs::remove_dir_all(folder);
        }
    }
}
