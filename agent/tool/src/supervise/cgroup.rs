//! A control group (version 2, cgroups(7)) for one job: whatever the job starts is in it, and one write ends all of it at once.
//! Only used where the host lets this process make one; the parent's duty for orphans works without.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long the kernel may take to let go of processes that have ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// The job's group. The supervisor is in it, so that every child is from its first moment; it steps out to kill the rest.
pub(crate) struct Cgroup {
    folder: PathBuf,
    parent: PathBuf,
    inside: bool,
}

impl Cgroup {
    /// What the group of a job with this mark is called.
    pub(crate) fn name(mark: &str) -> String {
        format!("kraken-{mark}")
    }

    /// Makes a group below the one this process is in, and enters it. `None` where that is impossible.
    pub(crate) fn enter_new(name: &str) -> Option<Self> {
        let mut group = Self::below_own(name)?;
        fs::create_dir(&group.folder).ok()?;
        group.enter();
        if group.inside && group.folder.join("cgroup.kill").exists() {
            return Some(group);
        }
        let _without = group.remove();
        None
    }

    /// A group that an earlier process made below the one this process is in, and left.
    pub(crate) fn left(name: &str) -> Option<Self> {
        Self::below_own(name).filter(|group| group.folder.exists())
    }

    fn below_own(name: &str) -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let membership = fs::read_to_string("/proc/self/cgroup").ok()?;
        let parent = own_folder(&mounts, &membership)?;
        Some(Self { folder: parent.join(name), parent, inside: false })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills all in the group but this process.
    pub(crate) fn kill(&mut self) {
        if self.leave().is_ok() {
            let _single_kills_follow = fs::write(self.folder.join("cgroup.kill"), "1");
        }
    }

    /// Goes (back) in, for what starts next.
    pub(crate) fn enter(&mut self) {
        // After a pause, moving a process takes the kernel milliseconds: only when needed.
        self.inside = self.inside || join(&self.folder).is_ok();
    }

    fn leave(&mut self) -> io::Result<()> {
        if self.inside {
            join(&self.parent)?;
            self.inside = false;
        }
        Ok(())
    }

    /// Removes the group; nothing may be running in it.
    pub(crate) fn remove(mut self) -> Result<(), String> {
        let left = self.leave();
        let wrong = |error: io::Error| format!("control group {}: {error}", self.folder.display());
        left.map_err(wrong)?;
        let patience = Instant::now() + PATIENCE;
        loop {
            // The job may have made groups of its own.
            remove_below(&self.folder);
            match fs::remove_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy && Instant::now() < patience => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(wrong(error)),
                _ => return Ok(()),
            }
        }
    }
}

fn join(group: &Path) -> io::Result<()> {
    fs::write(group.join("cgroup.procs"), "0")
}

fn remove_below(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_below(&entry.path());
            let _busy = fs::remove_dir(entry.path());
        }
    }
}

/// Where this process' group of the version 2 tree is mounted.
fn own_folder(mounts: &str, membership: &str) -> Option<PathBuf> {
    let mount = mounts.lines().find_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (place, kind) = (words.next()?, words.next()?);
        // Escaped blanks in it would have to be undone; nobody mounts it there.
        (kind == "cgroup2" && !place.contains('\\')).then_some(place)
    })?;
    let path = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    // Seen from inside a namespace, a group outside of it begins with dots.
    (!path.starts_with("..")).then(|| Path::new(mount).join(path))
}

#[cfg(test)]
mod tests;
