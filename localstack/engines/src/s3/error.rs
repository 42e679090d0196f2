//! Why the store did not open.

use std::path::PathBuf;

/// The store did not open. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// Another store, in this or another process, has the folder. Stop it, or use another folder.
    #[error("the object store in {dir} is in use by another process or another part of this one", dir = dir.display())]
    InUse {
        /// The folder of the store.
        dir: PathBuf,
    },
    /// The folder cannot be made, read or written. Correct its owner or rights, or free space.
    #[error("cannot use {dir} for the object store: {source}", dir = dir.display())]
    Folder {
        /// What could not be used.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The catalogue cannot be used. Restore it from a backup, or start the version of the program that wrote it.
    #[error("cannot use the catalogue of objects {path}: {reason}", path = path.display())]
    Catalogue {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}
