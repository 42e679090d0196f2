//! Processes of the machine, as `/proc` shows them: to find what jobs leave behind.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};

use crate::wait_until;

/// A process, found in `/proc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its command line, with spaces between the arguments.
    pub command: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} ({})", self.pid, self.command)
    }
}

impl Process {
    fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.pid))
    }

    /// Its environment, as the system keeps it; empty once it is gone.
    pub(crate) fn environment(&self) -> Vec<u8> {
        std::fs::read(self.folder().join("environ")).unwrap_or_default()
    }

    /// The most memory that it ever had, in bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(self.folder().join("status")).with_context(|| format!("{self} is gone"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the system says how much memory it had")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib << 10)
    }
}

/// All living processes but this one.
fn all() -> impl Iterator<Item = Process> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let command = std::fs::read(entry.path().join("cmdline")).ok()?;
        // A zombie has no command line any more.
        (!command.is_empty() && pid != std::process::id()).then(|| {
            let command = String::from_utf8_lossy(&command).trim_end_matches('\0').replace('\0', " ");
            Process { pid, command }
        })
    })
}

/// Processes that work in `dir`, or have its name in their arguments or environment.
pub(crate) fn below(dir: &Path) -> Vec<Process> {
    let name = dir.as_os_str().as_encoded_bytes();
    let names = |bytes: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    let belongs = |process: &Process| {
        let environment = process.environment();
        let works_in = std::fs::read_link(process.folder().join("cwd")).is_ok_and(|cwd| cwd.starts_with(dir));
        works_in || names(process.command.as_bytes()) || names(&environment)
    };
    all().filter(belongs).collect()
}

/// A command that sleeps far longer than any test, and can be told from all others by its arguments.
#[derive(Clone, Debug)]
pub struct Sleeper(String);

impl Sleeper {
    /// One that nobody else has.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "no two are equal")]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(format!("sleep 7200 0.{}{number:04}", std::process::id()))
    }

    /// The command. It may appear in a shell's text as often as wanted.
    pub fn command(&self) -> &str {
        &self.0
    }

    /// The processes that sleep it now.
    pub fn running(&self) -> Vec<Process> {
        all().filter(|process| process.command == self.0).collect()
    }

    /// Waits until `count` of them run.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn runs(&self, count: usize) -> Result<()> {
        wait_until(&format!("{count} × {:?}", self.0), async || Ok(self.running().len() == count)).await
    }
}
