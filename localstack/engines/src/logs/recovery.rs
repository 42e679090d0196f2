//! Opens a store as the last process left it, however that ended.
//!
//! On disk are segments, at most one of them unfinished, and journals: that of the open segment and perhaps that of
//! the one being sealed. Each is named after the number of its first entry, which is how they are told apart.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kraken_search::SearchError;

use super::gone::Gone;
use super::journal::Journal;
use super::origins::Origins;
use super::retention;
use super::seal::{SEGMENT, UNFINISHED, seal, sync_directory};
use super::segment::{Segment, path_of};
use super::store::{Open, State, Store};
use super::writer::JOURNAL;

/// The store in `directory`, and the journal to go on with.
pub(super) fn recover(directory: &Path) -> Result<(Store, Journal), SearchError> {
    let failed = |error: io::Error| SearchError::Unavailable(format!("cannot open {}: {error}", directory.display()));
    std::fs::create_dir_all(directory).map_err(failed)?;
    for unfinished in files(directory, UNFINISHED).map_err(failed)? {
        std::fs::remove_file(unfinished).map_err(failed)?;
    }
    let mut sealed = open_segments(directory).map_err(failed)?;
    let (open, journal) = open_journals(directory, &mut sealed).map_err(failed)?;
    let floor = retention::read_floor(directory).map_err(failed)?;
    let gone = Arc::new(Gone::read(directory).map_err(failed)?);
    let state = State { sealed, sealing: Vec::new(), sealing_origins: Origins::default(), open, floor, gone };
    Ok((Store::new(directory.to_owned(), state), journal))
}

fn open_segments(directory: &Path) -> io::Result<Vec<Arc<Segment>>> {
    let mut sealed = Vec::new();
    for path in files(directory, SEGMENT)? {
        match Segment::open(path.clone()) {
            Ok(segment) => sealed.push(Arc::new(segment)),
            // The other logs are worth more than a refusal to start.
            Err(error) => tracing::error!(path = %path.display(), %error, "a log segment is damaged; its entries are not found"),
        }
    }
    Ok(newest(sealed))
}

/// Of a segment that was written anew, the newest; the others were to be removed. In the order of their entries.
fn newest(mut sealed: Vec<Arc<Segment>>) -> Vec<Arc<Segment>> {
    sealed.sort_by_key(|segment| (segment.index.entries.0, segment.rewritten()));
    let mut newest: Vec<Arc<Segment>> = Vec::with_capacity(sealed.len());
    for segment in sealed {
        if let Some(last) = newest.pop_if(|last| last.index.entries.0 == segment.index.entries.0) {
            last.supersede();
        }
        newest.push(segment);
    }
    newest
}

/// The open segment out of the last journal; earlier ones are sealed as they should have been.
fn open_journals(directory: &Path, sealed: &mut Vec<Arc<Segment>>) -> io::Result<(Open, Journal)> {
    let mut next = sealed.iter().map(|segment| segment.index.entries.1).max().unwrap_or(0);
    let mut last = None;
    for path in files(directory, JOURNAL)? {
        if sealed.iter().any(|segment| segment.index.entries.0 == number_of(&path)) {
            std::fs::remove_file(path)?;
            continue;
        }
        if let Some((mut open, journal)) = last.take() {
            seal_now(directory, sealed, &mut open, &journal)?;
        }
        next = next.max(number_of(&path));
        let mut open = Open::new(next);
        let journal = Journal::replay(path, |block| open.push_block(&block))?;
        next = open.next();
        last = Some((open, journal));
    }
    match last {
        Some(found) => Ok(found),
        None => {
            let journal = Journal::create(path_of(directory, next, JOURNAL))?;
            sync_directory(directory)?;
            Ok((Open::new(next), journal))
        }
    }
}

fn seal_now(directory: &Path, sealed: &mut Vec<Arc<Segment>>, open: &mut Open, journal: &Journal) -> io::Result<()> {
    let (blocks, _) = open.take();
    if !blocks.is_empty() {
        sealed.push(Arc::new(seal(directory, &blocks)?));
    }
    std::fs::remove_file(journal.path())
}

/// The files of `directory` with this ending, in the order of their numbers.
fn files(directory: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(ending)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn number_of(path: &Path) -> u64 {
    let number = path.file_stem().and_then(OsStr::to_str).and_then(|stem| stem.parse().ok());
    number.unwrap_or(0)
}
