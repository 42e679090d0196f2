//! What a job may leave behind: nothing.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{processes, wait_until};

/// Makes sure that no process belongs to a story whose directory is `dir`, and that its agents have nothing of a job any more.
///
/// # Errors
/// When something is still there after a minute: names it.
pub async fn none_below(dir: &Path) -> Result<()> {
    let mut left = String::new();
    let gone = async || {
        let processes = processes::below(dir).into_iter().map(|process| process.to_string());
        let files = agents(dir).iter().flat_map(|agent| files_of_jobs(agent)).collect::<Vec<_>>();
        left = processes.chain(files.into_iter().map(|path| path.display().to_string())).collect::<Vec<_>>().join("\n");
        Ok(left.is_empty())
    };
    wait_until("everything of the jobs to be gone", gone).await.map_err(|error| error.context(left))
}

/// The state directories of agents.
fn agents(dir: &Path) -> Vec<PathBuf> {
    entries(dir).into_iter().filter(|path| path.join("agent.json").exists()).collect()
}

/// Workspaces, logs that were not brought away, a crash marker.
fn files_of_jobs(agent: &Path) -> Vec<PathBuf> {
    let marker = agent.join("held.json");
    let mut files = entries(&agent.join("work"));
    files.extend(entries(&agent.join("spool")));
    files.extend(marker.exists().then_some(marker));
    files
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).collect()
}
