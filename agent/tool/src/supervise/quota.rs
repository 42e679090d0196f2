//! Watches how much a workspace takes on disk.
//!
//! Walking a big workspace costs seconds, so it is walked only when the file system lost as many free bytes since the last walk as the
//! workspace had left, and now and then in case others freed as much as the job wrote.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::statvfs::statvfs;

/// Between two looks at the file system's free space.
const LOOK: Duration = Duration::from_millis(250);
/// Between two walks, at least, as a multiple of what a walk takes.
const REST: u32 = 10;
/// Between two walks, at most (unless the walks themselves take long).
const WALK_ANYWAY: Duration = Duration::from_secs(10);

/// What a step's own scripts and keys may add to a workspace that is full already.
const OWN_FILES: u64 = 1 << 20;

/// A watch in a thread of its own, which ends with this value, or with its one alarm.
pub(super) struct Quota {
    alarm: io::PipeReader,
}

impl Quota {
    /// Begins to watch. A workspace that is too full already, after an alarm, may not grow: steps that make room are let through.
    pub(super) fn watch(workspace: PathBuf, limit: u64, is_full: bool) -> io::Result<Self> {
        let (alarm, mut ring) = io::pipe()?;
        std::thread::Builder::new().name("quota".into()).stack_size(256 << 10).spawn(move || {
            let allowed = if is_full { limit.max(bytes_below(&workspace).saturating_add(OWN_FILES)) } else { limit };
            let mut meter = Meter { workspace, limit, allowed, last: None };
            while !is_deaf(&ring) {
                if let Some(used) = meter.over() {
                    let _deaf = ring.write_all(&used.to_le_bytes());
                    return;
                }
            }
        })?;
        Ok(Self { alarm })
    }

    /// Readable when the alarm rang.
    pub(super) fn alarm(&self) -> BorrowedFd<'_> {
        self.alarm.as_fd()
    }

    /// What the workspace takes, which is too much. Call it when the alarm rang; then watch anew.
    pub(super) fn used(&mut self) -> Option<u64> {
        let mut word = [0; 8];
        self.alarm.read_exact(&mut word).ok()?;
        Some(u64::from_le_bytes(word))
    }
}

/// Rests; true when nobody listens any more.
fn is_deaf(ring: &io::PipeWriter) -> bool {
    let mut nobody = [PollFd::new(ring.as_fd(), PollFlags::empty())];
    poll(&mut nobody, PollTimeout::try_from(LOOK).unwrap_or(PollTimeout::MAX)).is_ok_and(|gone| gone > 0)
}

struct Meter {
    workspace: PathBuf,
    limit: u64,
    /// The limit, or more than that until enough room was made.
    allowed: u64,
    last: Option<Walk>,
}

struct Walk {
    ended: Instant,
    took: Duration,
    workspace_bytes: u64,
    free_bytes: u64,
}

impl Meter {
    /// What the workspace takes, if that is more than allowed.
    fn over(&mut self) -> Option<u64> {
        let free_bytes = free_bytes(&self.workspace)?;
        if self.last.as_ref().is_some_and(|last| last.is_good(self.allowed, free_bytes)) {
            return None;
        }
        let began = Instant::now();
        let workspace_bytes = bytes_below(&self.workspace);
        let ended = Instant::now();
        self.last = Some(Walk { ended, took: ended - began, workspace_bytes, free_bytes });
        if workspace_bytes <= self.limit {
            self.allowed = self.limit;
        }
        (workspace_bytes > self.allowed).then_some(workspace_bytes)
    }
}

impl Walk {
    fn is_good(&self, limit: u64, free_bytes: u64) -> bool {
        let age = self.ended.elapsed();
        let grown = self.free_bytes.saturating_sub(free_bytes);
        let resting = age < self.took * REST;
        resting || (self.workspace_bytes + grown <= limit && age < WALK_ANYWAY.max(self.took * REST))
    }
}

fn free_bytes(path: &Path) -> Option<u64> {
    let stat = statvfs(path).ok()?;
    #[allow(clippy::useless_conversion)] // 32 bits wide on some targets
    Some(u64::from(stat.blocks_free()) * u64::from(stat.fragment_size()))
}

/// Bytes on disk, as du(1) counts them: blocks, hard links once, one file system.
fn bytes_below(root: &Path) -> u64 {
    let Ok(top) = fs::symlink_metadata(root) else { return 0 };
    let mut linked = HashSet::new();
    let mut bytes = 0;
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            if found.dev() != top.dev() || (found.nlink() > 1 && !found.is_dir() && !linked.insert(found.ino())) {
                continue;
            }
            bytes += found.blocks() * 512;
            if found.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
