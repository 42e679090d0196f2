//! Forgetting what is old: at once for searches, by whole segments for the disk.
//!
//! Invariant: what was forgotten stays forgotten after a restart, because the limit is on disk before anything goes.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use kraken_search::SearchError;

use super::seal::sync_directory;
use super::store::Store;
use super::time::{nanoseconds, timestamp};

/// The file that holds the limit, as text.
const FLOOR: &str = "floor";

/// Forgets entries from before `time` and returns the bytes freed.
pub(super) fn drop_before(store: &Store, time: Timestamp) -> Result<u64, SearchError> {
    let floor = nanoseconds(time);
    if floor <= store.state().floor {
        return Ok(0);
    }
    write_floor(&store.directory, floor).map_err(|error| SearchError::Unavailable(format!("cannot note what to forget: {error}")))?;
    let gone = {
        let mut state = store.state();
        state.floor = state.floor.max(floor);
        let (gone, kept) = state.sealed.drain(..).partition::<Vec<_>, _>(|segment| segment.times().1 < floor);
        state.sealed = kept;
        gone
    };
    let mut freed = 0;
    for segment in gone {
        let size = std::fs::metadata(&segment.path).map_or(0, |metadata| metadata.len());
        match std::fs::remove_file(&segment.path) {
            Ok(()) => freed += size,
            // Forgotten all the same; the next process tries again when it is asked to drop.
            Err(error) => tracing::warn!(path = %segment.path.display(), %error, "cannot remove a log segment that is past its time"),
        }
    }
    Ok(freed)
}

/// The limit that the last process left, or one that forgets nothing.
pub(super) fn read_floor(directory: &Path) -> io::Result<i64> {
    match std::fs::read_to_string(directory.join(FLOOR)) {
        Ok(text) => match text.trim().parse::<Timestamp>() {
            Ok(time) => Ok(nanoseconds(time)),
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("{FLOOR}: {error}"))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(i64::MIN),
        Err(error) => Err(error),
    }
}

fn write_floor(directory: &Path, floor: i64) -> io::Result<()> {
    let beside = directory.join("floor.new");
    let mut file = File::create(&beside)?;
    writeln!(file, "{}", timestamp(floor))?;
    file.sync_all()?;
    std::fs::rename(&beside, directory.join(FLOOR))?;
    sync_directory(directory)
}
