//! What this host is: what the scheduler matches jobs against and people look up.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use kraken_domain::{agent::HostFacts, place::Executor};

/// What does not change while the agent runs, and where to look for what does.
#[derive(Clone, Debug)]
pub struct Host {
    steady: HostFacts,
    work_dir: PathBuf,
}

impl Host {
    /// Looks at the host. `executors` are those that work, with their versions; disk space is that of `work_dir`.
    pub fn look(work_dir: &Path, executors: BTreeMap<Executor, String>, labels: BTreeMap<String, String>) -> Self {
        let steady = HostFacts {
            host: nix::unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            system: system(&fs::read_to_string("/etc/os-release").unwrap_or_default()),
            architecture: std::env::consts::ARCH.to_owned(),
            cpus: std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(u32::MAX)),
            memory_bytes: memory_bytes(&fs::read_to_string("/proc/meminfo").unwrap_or_default()),
            disk_free_bytes: 0,
            executors,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            labels,
        };
        Self { steady, work_dir: work_dir.to_owned() }
    }

    /// The facts as they are now.
    pub fn facts(&self) -> HostFacts {
        let free = nix::sys::statvfs::statvfs(&self.work_dir).map_or(0, |disk| disk.blocks_available() * disk.fragment_size());
        HostFacts { disk_free_bytes: free, ..self.steady.clone() }
    }

    /// What people call this host.
    pub fn name(&self) -> &str {
        &self.steady.host
    }
}

/// `debian-12`, `ubuntu-22.04`, `arch`: os-release(5)'s ID and VERSION_ID in one word; `linux` where there is no such file.
fn system(os_release: &str) -> String {
    let value = |name: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        let text = line.trim().trim_matches(['"', '\'']);
        (!text.is_empty()).then(|| text.to_owned())
    };
    match (value("ID"), value("VERSION_ID")) {
        (Some(id), Some(version)) => format!("{id}-{version}"),
        (Some(id), None) => id,
        (None, _) => "linux".to_owned(),
    }
}

fn memory_bytes(meminfo: &str) -> u64 {
    let kilobytes = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests;
