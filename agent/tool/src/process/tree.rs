//! Who descends from whom, as `/proc` tells it (proc(5)).

use std::collections::HashMap;
use std::fs;

use nix::unistd::Pid;

/// All processes below `root`, nearest first, without `root`, without `keep` and all below those.
pub(crate) fn descendants(root: Pid, keep: &[Pid]) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for (pid, parent) in parents() {
        children.entry(parent).or_default().push(pid);
    }
    let mut found = Vec::new();
    let mut next = vec![root.as_raw()];
    while let Some(parent) = next.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            let child_pid = Pid::from_raw(child);
            if !keep.contains(&child_pid) {
                found.push(child_pid);
                next.push(child);
            }
        }
    }
    found
}

/// The direct children of a process.
pub(crate) fn children(of: Pid) -> Vec<Pid> {
    parents().filter(|(_, parent)| *parent == of.as_raw()).map(|(pid, _)| Pid::from_raw(pid)).collect()
}

/// Every process that can be seen.
pub(crate) fn all() -> impl Iterator<Item = Pid> {
    parents().map(|(pid, _)| Pid::from_raw(pid))
}

/// A process in words: number, name and owner, for messages.
pub(crate) fn describe(pid: Pid) -> String {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let owner = fs::metadata(format!("/proc/{pid}")).map(|meta| std::os::unix::fs::MetadataExt::uid(&meta));
    match owner {
        Ok(uid) => format!("process {pid} ({}, of user {uid})", name.trim_end()),
        Err(_) => format!("process {pid}"),
    }
}

/// Every process that can be seen, with its parent. Zombies too: their threads may still run, and their parents may not reap them.
fn parents() -> impl Iterator<Item = (i32, i32)> {
    fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| {
        let pid: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        Some((pid, parent_in(&stat)?))
    })
}

/// `pid (name) state ppid …`, where the name may hold anything, `)` included.
fn parent_in(stat: &[u8]) -> Option<i32> {
    let after_name = stat.iter().rposition(|&byte| byte == b')')?;
    std::str::from_utf8(&stat[after_name + 1..]).ok()?.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests;
