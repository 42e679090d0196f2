//! Downloading: what the agent put into the inbox is checked against its manifest and moved into place, never outside of `destination`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use kraken_protocol::tool::{Answer, Ask, FileEntry};

use super::checksum;
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

pub(super) fn run(around: &mut Surroundings, task: &Task<'_>, sources: Vec<String>) -> Result<(), Failure> {
    let cwd = task.cwd()?;
    let destination = cwd.join(task.fields.text("destination")?.unwrap_or_default());
    fs::create_dir_all(&destination)
        .map_err(|error| Failure::step(format!("destination: cannot make {}: {error}", destination.display())))?;
    let destination = destination.canonicalize().map_err(|error| Failure::step(format!("destination: {error}")))?;
    let files = match around.ask(Ask::FetchArtifacts { sources: sources.clone() })? {
        Answer::ArtifactsFetched { files } => files,
        Answer::Error { message } => return Err(Failure::step(format!("download: {message}"))),
        _ => return Err(Failure::executor("download: the agent's answer is not understood; update the agent")),
    };
    if files.is_empty() {
        return Err(Failure::step(format!("source: no earlier run of this flow has {}", sources.join(", "))));
    }
    for file in &files {
        place(&task.workspace(), &destination, file)?;
    }
    let bytes: u64 = files.iter().map(|file| file.size).sum();
    println!("Downloaded {} files, {bytes} bytes", files.len());
    Ok(())
}

/// Checks one file and moves it to its name below `destination`.
fn place(workspace: &Path, destination: &Path, file: &FileEntry) -> Result<(), Failure> {
    let name = safe(&file.name).ok_or_else(|| Failure::step(format!("download: the name {:?} would leave the destination", file.name)))?;
    let inbox = safe(&file.path).ok_or_else(|| Failure::executor(format!("download: {:?} is not in the workspace", file.path)))?;
    let source = workspace.join(inbox);
    let wrong = |error: io::Error| Failure::step(format!("download: {}: {error}", file.name));
    let (size, sha256) = File::open(&source).and_then(|mut opened| checksum::of(&mut opened, None)).map_err(wrong)?;
    if size != file.size || !sha256.eq_ignore_ascii_case(&file.sha256) {
        return Err(Failure::step(format!(
            "download: {} is damaged: expected {} bytes with SHA-256 {}, got {size} bytes with {sha256}",
            file.name, file.size, file.sha256
        )));
    }
    let target = destination.join(&name);
    let folder = target.parent().unwrap_or(destination);
    make_inside(destination, folder)?;
    fs::set_permissions(&source, fs::Permissions::from_mode(file.mode & 0o777)).map_err(wrong)?;
    let moved = fs::rename(&source, &target).or_else(|error| match error.kind() {
        io::ErrorKind::CrossesDevices => copy(&source, &target),
        _ => Err(error),
    });
    moved.map_err(wrong)
}

/// Makes a folder whose way from `destination` follows no link out of it.
fn make_inside(destination: &Path, folder: &Path) -> Result<(), Failure> {
    let mut nearest = folder;
    while fs::symlink_metadata(nearest).is_err() {
        nearest = nearest.parent().unwrap_or(destination);
    }
    let refused = |why: String| Failure::step(format!("download: {}: {why}", folder.display()));
    let real = nearest.canonicalize().map_err(|error| refused(error.to_string()))?;
    if !real.starts_with(destination) {
        return Err(refused(format!("a link leads out of the destination, to {}", real.display())));
    }
    fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))
}

/// Replaces whatever has that name, a link included, instead of writing through it.
fn copy(source: &Path, target: &Path) -> io::Result<()> {
    match fs::remove_file(target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::copy(source, target)?;
    fs::remove_file(source)
}

/// A relative path that only goes down.
fn safe(text: &str) -> Option<PathBuf> {
    let path = Path::new(text);
    let down = path.components().all(|part| matches!(part, Component::Normal(_)));
    (down && !text.is_empty() && !text.contains('\0')).then(|| path.to_owned())
}

#[cfg(test)]
mod tests;
