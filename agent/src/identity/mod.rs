//! Who this agent is: its state directory, made for one process at a time.
//!
//! Invariant: at most one process has a state directory open, for as long as it lives; so nobody ever answers for
//! another's job. The agent token is in a file that only its owner may read.

mod enrol;
mod held;

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

pub use enrol::{EnrolError, EnrolmentToken, TOKEN_VAR, enrol};
pub use held::{Done, Held};
use kraken_domain::AgentId;
use kraken_protocol::agent::AgentSecret;
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

/// Where an agent keeps its state unless told otherwise.
pub const STATE_DIR: &str = "/var/lib/kraken-agent";

/// An open state directory.
pub struct StateDir {
    path: PathBuf,
    installation: String,
    _lock: Flock<File>,
}

/// Who the agent is at which server.
#[derive(Clone, Serialize, Deserialize)]
pub struct Identity {
    /// The server that enrolled it.
    pub server: String,
    /// Its id there.
    pub agent: AgentId,
    /// Its one lasting secret.
    pub token: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("server", &self.server).field("agent", &self.agent).finish_non_exhaustive()
    }
}

/// Why a state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It is open elsewhere.
    #[error("the state directory {} is used by process {process}; give every agent its own with --state-dir", .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The process id in the lock file.
        process: String,
    },
    /// A file in it cannot be used.
    #[error("{}: {reason}; the agent's user must be able to write there", .path.display())]
    File {
        /// The file or directory.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
}

fn failed(path: &Path, error: impl ToString) -> StateError {
    StateError::File { path: path.to_owned(), reason: error.to_string() }
}

impl StateDir {
    /// Opens the directory, making what is missing of it.
    ///
    /// # Errors
    /// When another process has it open, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let path = std::path::absolute(path).map_err(|error| failed(path, error))?;
        for folder in [path.clone(), path.join("spool")] {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|error| failed(&folder, error))?;
        }
        let lock = lock(&path)?;
        let installation = installation(&path.join("installation"))?;
        Ok(Self { path, installation, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names this directory, by chance, for ever.
    pub fn installation(&self) -> &str {
        &self.installation
    }

    /// Where the log of a held job is kept until it is stored.
    pub fn spool(&self, name: &str) -> PathBuf {
        self.path.join("spool").join(format!("{name}.log.gz"))
    }

    /// Who the agent is, if it has enrolled.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn identity(&self) -> Result<Option<Identity>, StateError> {
        read_json(&self.path.join("agent.json"))
    }

    /// The token that this agent proposes for itself, the same until it has enrolled.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn proposed_secret(&self) -> Result<AgentSecret, StateError> {
        let path = self.proposal();
        if let Some(secret) = read_json(&path)? {
            return Ok(secret);
        }
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| failed(&path, error))?;
        let secret = AgentSecret::of(&random);
        write_json(&path, &secret)?;
        Ok(secret)
    }

    /// The proposal has become the token. One that stays behind is merely proposed again, should the agent ever enrol anew.
    fn forget_proposed_secret(&self) {
        let _ = fs::remove_file(self.proposal());
    }

    fn proposal(&self) -> PathBuf {
        self.path.join("proposed.json")
    }

    /// Keeps who the agent is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_identity(&self, identity: &Identity) -> Result<(), StateError> {
        write_json(&self.path.join("agent.json"), identity)
    }
}

/// Who the agent of a state directory is, and the installation's name, without opening it: it may be in use.
///
/// # Errors
/// When a file in it cannot be read.
pub fn peek(folder: &Path) -> Result<Option<(Identity, String)>, StateError> {
    let identity = read_json(&folder.join("agent.json"))?;
    let name = folder.join("installation");
    match identity {
        None => Ok(None),
        Some(identity) => match fs::read_to_string(&name) {
            Ok(text) => Ok(Some((identity, text.lines().next().unwrap_or_default().to_owned()))),
            Err(error) => Err(failed(&name, error)),
        },
    }
}

fn lock(folder: &Path) -> Result<Flock<File>, StateError> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    let mut file =
        options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(|error| failed(&path, error))?;
    let mut owner = String::new();
    // Only for the message; a lock file that cannot be read still locks.
    let _ = file.read_to_string(&mut owner);
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => {
            let written =
                lock.set_len(0).and_then(|()| io::Seek::rewind(&mut &*lock)).and_then(|()| writeln!(&mut &*lock, "{}", std::process::id()));
            written.map_err(|error| failed(&path, error))?;
            Ok(lock)
        }
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
            let process = if owner.trim().is_empty() { "unknown".to_owned() } else { owner.trim().to_owned() };
            Err(StateError::InUse { path: folder.to_owned(), process })
        }
        Err((_, error)) => Err(failed(&path, error)),
    }
}

/// The installation's name, made at random once. Its file says beside it which file it is (by inode): in a copy of the directory it is
/// another file, so the copy is another installation, and the server can tell the two apart.
fn installation(path: &Path) -> Result<String, StateError> {
    match (fs::read_to_string(path), fs::metadata(path)) {
        (Ok(text), Ok(file)) => match text.split_once('\n') {
            Some((name, of)) if !name.is_empty() && of.trim() == file.ino().to_string() => return Ok(name.to_owned()),
            _ => tracing::warn!(file = %path.display(), "this state directory was copied: it is an installation of its own from now on"),
        },
        (Err(error), _) | (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
        (Err(error), _) | (_, Err(error)) => return Err(failed(path, error)),
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| failed(path, error))?;
    let name = hex::encode(random);
    let draft = path.with_extension("draft");
    let written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).and_then(|mut file| {
        write!(file, "{name}\n{}\n", file.metadata()?.ino())?;
        fs::rename(&draft, path)
    });
    written.map_err(|error| failed(path, error))?;
    Ok(name)
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, StateError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(path, error)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), StateError> {
    let bytes = serde_json::to_vec(value).map_err(|error| failed(path, error))?;
    write_whole(path, &bytes)
}

/// Writes a file that only its owner may read; readers see all of it or what was there before.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let draft = path.with_extension("draft");
    let written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).and_then(|mut file| {
        file.write_all(bytes)?;
        fs::rename(&draft, path)
    });
    written.map_err(|error| failed(path, error))
}

#[cfg(test)]
mod tests;
