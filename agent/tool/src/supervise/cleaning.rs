//! Removing a job's folder, whatever the job did to it. Runs when nothing of the job is running any more.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::mount::{MntFlags, umount2};
use walkdir::WalkDir;

/// Removes the folder and all that is in it; links are not followed. Says what is left and why when it cannot.
pub(crate) fn remove(folder: &Path) -> Result<(), String> {
    if remove_all(folder).is_ok() {
        return Ok(());
    }
    // What a job can do against it: take away its own permissions, mount something inside.
    unmount_below(folder);
    unlock_below(folder);
    remove_all(folder).map_err(|error| format!("cannot remove workspace {}: {error}", first_left(folder)))
}

fn remove_all(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Gives every folder back the permissions that removing its entries takes. Top down: a locked folder does not show what is in it.
fn unlock_below(folder: &Path) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let locked = fs::symlink_metadata(&folder).is_ok_and(|found| found.permissions().mode() & 0o700 != 0o700);
        if locked {
            let _not_ours = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        }
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()));
    }
}

/// Lets go of file systems that the job mounted, newest first.
fn unmount_below(folder: &Path) {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut below: Vec<&Path> = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(Path::new)
        .filter(|place| place.starts_with(folder) && *place != folder)
        .collect();
    below.reverse();
    for place in below {
        let _not_ours = umount2(place, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
    }
}

/// Something that is still there, for the message.
fn first_left(folder: &Path) -> String {
    let left = WalkDir::new(folder).contents_first(true).into_iter().flatten().next();
    left.map_or_else(|| folder.display().to_string(), |entry| entry.path().display().to_string())
}

#[cfg(test)]
mod tests;
