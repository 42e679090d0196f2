//! The directory that holds everything: owned by one process at a time.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use nix::fcntl::{Flock, FlockArg};

use crate::StartError;

/// An owned data directory. The lock goes with the process, however it ends.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    key: [u8; 32],
    _lock: Flock<File>,
}

impl DataDir {
    /// Makes the directory if need be, and takes it over.
    pub(crate) fn open(path: &Path) -> Result<Self, StartError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StartError::DataDir { path, source }
        };
        fs::create_dir_all(path).map_err(at(path))?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(at(path))?;
        let lock = lock(path)?;
        let key = key(&path.join("key"))?;
        Ok(Self { path: path.to_owned(), key, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The key from which credentials are derived and with which secrets are sealed.
    pub(crate) fn key(&self) -> [u8; 32] {
        self.key
    }

    pub(crate) fn admin_token_file(&self) -> PathBuf {
        self.path.join("admin-token")
    }

    /// The first token, if it has been kept.
    pub(crate) fn admin_token(&self) -> Result<Option<String>, StartError> {
        let path = self.admin_token_file();
        match fs::read_to_string(&path) {
            Ok(token) => Ok(Some(token.trim().to_owned()).filter(|token| !token.is_empty())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StartError::DataDir { path, source }),
        }
    }

    /// Keeps the first token where only its owner can read it, so that the command line on this machine works at once.
    pub(crate) fn keep_admin_token(&self, token: &str) -> Result<(), StartError> {
        let path = self.admin_token_file();
        write_private(&path, token.as_bytes()).map_err(|source| StartError::DataDir { path, source })
    }
}

/// The lock file holds the owner's process id for whoever is turned away.
fn lock(dir: &Path) -> Result<Flock<File>, StartError> {
    let path = dir.join("lock");
    let broken = |source| StartError::DataDir { path: path.clone(), source };
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(broken)?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(mut lock) => {
            lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| write!(lock, "{}", std::process::id())).map_err(broken)?;
            Ok(lock)
        }
        Err((mut file, nix::errno::Errno::EWOULDBLOCK)) => {
            let mut pid = String::new();
            let _unknown_owner = file.read_to_string(&mut pid);
            Err(StartError::InUse { path: dir.to_owned(), pid: if pid.is_empty() { "(unknown)".to_owned() } else { pid } })
        }
        Err((_, errno)) => Err(broken(errno.into())),
    }
}

/// The key; made at the first start. One that others could read is refused: they may have read it.
fn key(path: &Path) -> Result<[u8; 32], StartError> {
    let broken = |source| StartError::DataDir { path: path.to_owned(), source };
    if let Ok(meta) = fs::metadata(path)
        && meta.permissions().mode() & 0o077 != 0
    {
        return Err(StartError::KeyMode { path: path.to_owned(), mode: meta.permissions().mode() & 0o777 });
    }
    match fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| StartError::Key(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|error| broken(io::Error::other(error.to_string())))?;
            write_private(path, &key).map_err(broken)?;
            Ok(key)
        }
        Err(error) => Err(broken(error)),
    }
}

/// Whole or not at all, and on disk when this returns.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

#[cfg(test)]
mod tests;
