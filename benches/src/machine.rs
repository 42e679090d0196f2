//! What the machine is and how busy it was: a figure says nothing without.

use std::{fmt, fs};

use serde::Serialize;

/// The machine, and what else it was doing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    cpus: usize,
    memory_gib: u64,
    system: String,
    kernel: String,
    /// Runnable processes, averaged over a minute, before anything was measured.
    load_before: f64,
    /// And after.
    load_after: Option<f64>,
}

impl Machine {
    pub(crate) fn look() -> Self {
        Self {
            cpus: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gib: memory_gib(),
            system: system(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: load(),
            load_after: None,
        }
    }

    /// Everything has been measured.
    pub(crate) fn look_again(&mut self) {
        self.load_after = Some(load());
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpus, memory_gib, system, kernel, load_before, load_after } = self;
        write!(f, "{cpus} cores, {memory_gib} GiB, {system}, Linux {kernel}; load {load_before:.1} before")?;
        load_after.map_or(Ok(()), |load| write!(f, ", {load:.1} after (its own included)"))
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn load() -> f64 {
    read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN)
}

fn memory_gib() -> u64 {
    let kib =
        read("/proc/meminfo").lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or(0, |kib| (kib + (1 << 19)) >> 20)
}

fn system() -> String {
    let text = read("/etc/os-release");
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or_else(|| "Linux".to_owned(), |name| name.trim_matches('"').to_owned())
}
