//! The bodies of objects too large for the catalogue: one file each, named by a random id, never by the object's key.
//!
//! Invariant: a file is created under its final name, written once, synced, and only then named by a catalogue row.
//! The row is what makes it an object; a file without a row is an orphan and is removed when the store opens. Nothing
//! is renamed, because a fresh random name is invisible to everyone until its row is there, and a rename would cost a
//! second journal commit.

mod file_id;
mod pins;
mod receive;
mod reclaim;
mod send;
mod sweep;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

pub(crate) use file_id::FileId;
pub(crate) use pins::Pin;
pub(crate) use receive::{Plan, ReceiveError, Received, Stored, receive};
pub(crate) use send::{FileBody, Span};
pub(crate) use sweep::Swept;

use pins::Pins;

/// The folder of body files. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Bodies {
    root: Arc<Path>,
    pins: Arc<Pins>,
    unwanted: Sender<FileId>,
}

impl Bodies {
    /// Opens the folder, makes its 256 subfolders, and starts the thread that removes unwanted files.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        for first in 0..=u8::MAX {
            std::fs::create_dir_all(root.join(FileId::folder(first)))?;
        }
        sync_folder(root)?;
        let root: Arc<Path> = Arc::from(root);
        let pins = Arc::new(Pins::default());
        let unwanted = reclaim::start(Arc::clone(&root), Arc::clone(&pins))?;
        Ok(Self { root, pins, unwanted })
    }

    /// A new empty file. It is removed again unless [`Fresh::keep`] is called.
    pub(crate) fn create(&self) -> io::Result<(File, Fresh)> {
        let id = FileId::random()?;
        let file = File::options().write(true).create_new(true).open(path_of(&self.root, id))?;
        Ok((file, Fresh { id, bodies: self.clone(), kept: false }))
    }

    /// Makes the name of a file durable; its content is synced by whoever wrote it.
    pub(crate) fn seal(&self, id: FileId) -> io::Result<()> {
        sync_folder(&self.root.join(FileId::folder(id.first_byte())))
    }

    /// Opens a file for reading. Who holds it open keeps its content, even when the file is removed.
    pub(crate) fn read(&self, id: FileId) -> io::Result<File> {
        File::open(path_of(&self.root, id))
    }

    /// Holds files against removal while a reader comes to them one after the other.
    pub(crate) fn pin(&self, files: Vec<FileId>) -> Pin {
        self.pins.hold(&files);
        Pin { files, bodies: self.clone() }
    }

    /// Has a file removed, at once or when its last reader is done.
    pub(crate) fn discard(&self, id: FileId) {
        // Without the thread (it ends only with the process) the file is an orphan for the next open to remove.
        let _ = self.unwanted.send(id);
    }

    /// Removes every file that `known` does not name; see [`Swept`].
    pub(crate) fn sweep<E: From<io::Error>>(
        &self,
        known: impl FnMut(u8) -> Result<std::collections::HashSet<FileId>, E>,
    ) -> Result<Swept, E> {
        sweep::sweep(&self.root, known)
    }
}

/// A file that no catalogue row names yet. Dropping it removes the file.
pub(crate) struct Fresh {
    id: FileId,
    bodies: Bodies,
    kept: bool,
}

impl Fresh {
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// The row that names the file is durable: from now on the file stays.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if !self.kept {
            self.bodies.discard(self.id);
        }
    }
}

fn path_of(root: &Path, id: FileId) -> PathBuf {
    root.join(FileId::folder(id.first_byte())).join(id.to_string())
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
