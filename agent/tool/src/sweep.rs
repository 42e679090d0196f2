//! `kraken-tool sweep MARK [WORKSPACE]`: ends and removes what a job left whose supervisor could not do it.
//!
//! A job's processes carry its mark in their environment; only those are touched, and whatever descends from the mark's control group.
//! A supervisor that is still there is given time first: it may be cleaning up at this moment.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use kraken_protocol::tool::MARK_VAR;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::process::tree::{all, describe};
use crate::supervise::{Cgroup, cleaning};

/// How long a supervisor may take to clean up after its agent died.
const SUPERVISOR_PATIENCE: Duration = Duration::from_secs(5);
/// How long KILL may take.
const KILL_PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The mode's main function. Problems go to standard error, one per line.
pub fn main(arguments: &[OsString]) -> ExitCode {
    let (mark, workspace) = match arguments {
        [mark] => (mark.to_str(), None),
        [mark, workspace] => (mark.to_str(), Some(Path::new(workspace))),
        _ => (None, None),
    };
    let Some(mark) = mark.filter(|mark| !mark.is_empty()) else {
        eprintln!("usage: kraken-tool sweep MARK [WORKSPACE]");
        return ExitCode::from(2);
    };
    let mut problems = end_marked(mark);
    if let Some(group) = Cgroup::left(&Cgroup::name(mark)) {
        problems.extend(group.remove().err());
    }
    if let Some(workspace) = workspace {
        problems.extend(cleaning::remove(workspace).err());
    }
    for problem in &problems {
        eprintln!("{problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Ends all processes with the mark; names those that stay.
fn end_marked(mark: &str) -> Vec<String> {
    let marker = format!("{MARK_VAR}={mark}");
    let marked = || all().filter(|pid| *pid != Pid::this() && has(*pid, &marker)).collect::<Vec<_>>();
    let patience = Instant::now() + SUPERVISOR_PATIENCE;
    while Instant::now() < patience && marked().into_iter().any(is_cleaning_up) {
        std::thread::sleep(LOOK_AGAIN);
    }
    if let Some(mut group) = Cgroup::left(&Cgroup::name(mark)) {
        group.kill();
    }
    let patience = Instant::now() + KILL_PATIENCE;
    loop {
        let left = marked();
        if left.is_empty() || Instant::now() >= patience {
            return left.into_iter().map(describe).collect();
        }
        for pid in left {
            let _gone = kill(pid, Signal::SIGKILL);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn has(pid: Pid, marker: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|entry| entry == marker.as_bytes())
}

/// A supervisor that is not stopped.
fn is_cleaning_up(pid: Pid) -> bool {
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let stopped = stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['T', 't', 'Z']));
    arguments.ends_with(b"\0supervise\0") && !stopped
}
