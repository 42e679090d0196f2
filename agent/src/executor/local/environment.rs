//! What a job sees of its agent's environment.

use std::ffi::OsString;

/// Where programs are when the agent's own environment does not say.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Names that begin like this hold the agent's own settings and secrets.
const OWN_PREFIXES: &[&str] = &["KRAKEN_", "AWS_", "LISTEN_", "WATCHDOG_"];

/// Variables that a service manager, or whoever started the agent, meant for the agent alone.
const OWN_NAMES: &[&str] = &[
    "CREDENTIALS_DIRECTORY",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "MAINPID",
    "MANAGERPID",
    "NOTIFY_SOCKET",
    "OLDPWD",
    "PWD",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "SHLVL",
    "SYSTEMD_EXEC_PID",
    "_",
];

/// The agent's environment without what concerns the agent alone, and with a `PATH`.
pub fn host_environment() -> Vec<(OsString, OsString)> {
    for_jobs(std::env::vars_os())
}

fn for_jobs(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    let is_own = |name: &str| OWN_NAMES.contains(&name) || OWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let mut kept: Vec<_> = all.filter(|(name, _)| !name.to_str().is_some_and(is_own)).collect();
    if !kept.iter().any(|(name, _)| name == "PATH") {
        kept.push(("PATH".into(), DEFAULT_PATH.into()));
    }
    kept
}

#[cfg(test)]
mod tests;
