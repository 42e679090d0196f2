//! What a process has in memory, by the kernel's own account (proc(5)).

use std::fs;

use anyhow::{Context, Result};
use nix::unistd::Pid;

/// Bytes of a process that are in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// All of them, pages that others share too.
    pub(crate) rss_mb: f64,
    /// With shared pages counted in parts.
    pub(crate) pss_mb: f64,
}

impl Memory {
    pub(crate) fn of(pid: Pid) -> Result<Self> {
        let path = format!("/proc/{pid}/smaps_rollup");
        Ok(Self { rss_mb: megabytes(&path, "Rss:")?, pss_mb: megabytes(&path, "Pss:")? })
    }

    /// The most that was in memory at once since the start or the last [`Memory::forget_peak`], in MB.
    pub(crate) fn peak_mb(pid: Pid) -> Result<f64> {
        megabytes(&format!("/proc/{pid}/status"), "VmHWM:")
    }

    /// The peak is from now on counted anew.
    pub(crate) fn forget_peak(pid: Pid) -> Result<()> {
        let path = format!("/proc/{pid}/clear_refs");
        fs::write(&path, "5").with_context(|| format!("cannot write {path}"))
    }
}

/// A line of kibibytes as millions of bytes.
fn megabytes(path: &str, name: &str) -> Result<f64> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    Ok(line.with_context(|| format!("{path} has no {name}"))? * 1024.0 / 1e6)
}
