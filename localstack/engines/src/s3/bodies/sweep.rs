//! Compares the files with the catalogue when the store opens. Runs before any request, so whatever the catalogue does
//! not name was cut off by a crash.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use super::FileId;

/// What a sweep found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Files that no row named; they are gone now.
    pub(crate) removed: usize,
    /// Files that a row names and that are not there. Someone else removed them: reading those objects fails.
    pub(crate) missing: usize,
}

/// `known` answers which files the catalogue names among those that start with a byte: one subfolder at a time keeps
/// the memory for a million files small.
pub(super) fn sweep<E: From<io::Error>>(root: &Path, mut known: impl FnMut(u8) -> Result<HashSet<FileId>, E>) -> Result<Swept, E> {
    let mut swept = Swept::default();
    for first in 0..=u8::MAX {
        let mut expected = known(first)?;
        for entry in fs::read_dir(root.join(FileId::folder(first)))? {
            let entry = entry?;
            let id = entry.file_name().to_str().and_then(FileId::from_name);
            if !id.is_some_and(|id| expected.remove(&id)) {
                fs::remove_file(entry.path())?;
                swept.removed += 1;
            }
        }
        swept.missing += expected.len();
    }
    Ok(swept)
}

#[cfg(test)]
mod tests;
