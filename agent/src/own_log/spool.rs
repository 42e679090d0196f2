//! Lines on disk until they are stored: the ones that come, and the piece that is on its way.
//!
//! Invariant: a piece keeps its name and its lines until it is stored, whatever happens to the agent.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

/// Bytes of lines that wait at most; further ones are counted and lost.
pub(super) const BYTES_MAX: u64 = 1 << 20;

/// Pieces are named by when they were made.
const PIECE: &str = "own-log-";

/// The files.
pub(super) struct Spool {
    dir: PathBuf,
    open: PathBuf,
    open_bytes: u64,
    lost: u64,
    piece: Option<PathBuf>,
}

impl Spool {
    /// With what is in `dir` already.
    pub(super) fn in_dir(dir: &Path) -> Self {
        let open = dir.join("own-log");
        let open_bytes = fs::metadata(&open).map_or(0, |file| file.len());
        let piece =
            fs::read_dir(dir).ok().and_then(|files| files.filter_map(|file| Some(file.ok()?.path())).find(|path| name_of(path).is_some()));
        Self { dir: dir.to_owned(), open, open_bytes, lost: 0, piece }
    }

    /// Whether there is nothing to store.
    pub(super) fn is_empty(&self) -> bool {
        self.open_bytes == 0 && self.lost == 0 && self.piece.is_none()
    }

    /// Keeps lines.
    pub(super) fn add(&mut self, lines: &[u8]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        if self.open_bytes + lines.len() as u64 > BYTES_MAX {
            self.lost += lines.iter().filter(|byte| **byte == b'\n').count() as u64;
            return Ok(());
        }
        self.append(lines)
    }

    fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut file = open(&self.open)?;
        file.write_all(lines)?;
        self.open_bytes += lines.len() as u64;
        Ok(())
    }

    /// The piece to store, with its name: the one that is not stored yet, or all that came since. Nothing when there is none, or the disk
    /// fails.
    pub(super) fn piece(&mut self) -> Option<(String, Vec<u8>)> {
        if self.piece.is_none() {
            if self.lost > 0 && self.append(&super::lost(self.lost)).is_ok() {
                self.lost = 0;
            }
            if self.open_bytes == 0 {
                return None;
            }
            let piece = self.dir.join(format!("{PIECE}{:013}", Timestamp::now().as_millisecond()));
            fs::rename(&self.open, &piece).ok()?;
            (self.piece, self.open_bytes) = (Some(piece), 0);
        }
        let piece = self.piece.as_ref()?;
        match fs::read(piece) {
            Ok(lines) => Some((name_of(piece)?, lines)),
            Err(_) => {
                self.forget_piece();
                None
            }
        }
    }

    /// It is stored.
    pub(super) fn forget_piece(&mut self) {
        if let Some(piece) = self.piece.take() {
            // One that stays is stored again by the next process, under the same name.
            let _ = fs::remove_file(piece);
        }
    }
}

fn name_of(piece: &Path) -> Option<String> {
    let name = piece.file_name()?.to_str()?.strip_prefix(PIECE)?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.to_owned())
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests;
