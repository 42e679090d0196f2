//! A second process that can be killed with SIGKILL in the middle of its work.
//!
//! The process is this test binary again, running one ignored test: the child of the story. What the child prints
//! with [`acknowledge`] is what it was promised before it died.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the directory that the child works in.
const DIRECTORY: &str = "KRAKEN_CONTRACT_CHILD_DIRECTORY";

/// Marks the lines of a child that are acknowledgements; the test harness prints lines of its own.
const MARK: &str = "acknowledged ";

/// Runs the ignored test `child` (its full path) on `directory`, kills it after `enough` acknowledgements, and returns
/// all that it acknowledged up to its death.
pub(crate) fn run_and_kill(child: &str, directory: &Path, enough: usize) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", child, "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        if let Some((_, said)) = line.unwrap().split_once(MARK) {
            acknowledged.push(said.to_owned());
            if acknowledged.len() == enough {
                // SIGKILL. What the child had already written to the pipe is still read.
                process.kill().unwrap();
            }
        }
    }
    let status = process.wait().unwrap();
    assert!(acknowledged.len() >= enough, "the child ended by itself ({status}) after {acknowledged:?}");
    acknowledged
}

/// The directory the parent gave this child.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os(DIRECTORY).expect("run by its parent only").into()
}

/// Tells the parent about something that must survive. One write, so that it is never torn.
pub(crate) fn acknowledge(what: impl std::fmt::Display) {
    let line = format!("{MARK}{what}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}
