//! A job's folder, used by the agent on behalf of the job. The job may have put links anywhere: nothing here follows one out of the folder,
//! because the agent may read and write what the job may not.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, mkdirat};

/// A job's folder.
#[derive(Debug)]
pub struct Workspace {
    path: PathBuf,
    inside: String,
    handle: File,
}

impl Workspace {
    /// The folder at `path`, which exists and is called the same where the job runs.
    pub(crate) fn new(path: PathBuf) -> io::Result<Self> {
        let handle = File::open(&path)?;
        let inside = path.to_str().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "its path is not UTF-8"))?.to_owned();
        Ok(Self { path, inside, handle })
    }

    /// Where it is on this host.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the job sees it.
    pub fn path_inside(&self) -> &str {
        &self.inside
    }

    /// Opens a file of the job for reading. Links inside the folder are followed.
    ///
    /// # Errors
    /// It is missing, not a plain file, or lies outside (`EXDEV`).
    pub fn open(&self, relative: &str) -> io::Result<File> {
        // Without NONBLOCK a pipe in place of a file would wait for a writer.
        let how = OpenHow::new()
            .flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)
            .resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        let file: File = openat2(&self.handle, relative, how)?.into();
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{relative} is not a file")))
        }
    }

    /// Makes a new file and the folders above it. No link is followed.
    ///
    /// # Errors
    /// It exists, a part of the path is a link, or the path leads outside.
    pub fn create(&self, relative: &str) -> io::Result<File> {
        let mut above = self.handle.try_clone()?;
        let path = Path::new(relative);
        let name = path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, format!("{relative:?} names no file")))?;
        for part in path.parent().into_iter().flat_map(Path::components) {
            let part = part.as_os_str();
            match mkdirat(&above, part, Mode::from_bits_truncate(0o755)) {
                Ok(()) | Err(Errno::EEXIST) => {}
                Err(error) => return Err(error.into()),
            }
            above = beneath(&above, Path::new(part), OFlag::O_RDONLY | OFlag::O_DIRECTORY, Mode::empty())?.into();
        }
        let new = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL;
        Ok(beneath(&above, Path::new(name), new, Mode::from_bits_truncate(0o644))?.into())
    }
}

fn beneath(folder: &File, path: &Path, flags: OFlag, mode: Mode) -> io::Result<OwnedFd> {
    let how =
        OpenHow::new().flags(flags | OFlag::O_CLOEXEC).mode(mode).resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS);
    Ok(openat2(folder, path, how)?)
}

#[cfg(test)]
mod tests;
