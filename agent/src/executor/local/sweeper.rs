//! What to do when a job's supervisor could not do its duty: it was killed, or stopped.

use std::path::PathBuf;
use std::process::Stdio;

/// Knows how to find what belongs to one place.
#[derive(Debug)]
pub(in crate::executor) struct Sweeper {
    tool: PathBuf,
    mark: String,
    workspace: Option<PathBuf>,
}

impl Sweeper {
    pub(super) fn new(tool: PathBuf, mark: String, workspace: Option<PathBuf>) -> Self {
        Self { tool, mark, workspace }
    }

    /// Ends every process with the place's mark and removes the place. Can be repeated. Says in words what is left.
    pub(in crate::executor) async fn sweep(&self) -> Result<(), Vec<String>> {
        let mut command = tokio::process::Command::new(&self.tool);
        command.arg("sweep").arg(&self.mark).args(&self.workspace).stdin(Stdio::null());
        let done = command.output().await.map_err(|error| vec![format!("cannot run {}: {error}", self.tool.display())])?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr);
        let problems: Vec<String> = said.lines().map(str::to_owned).collect();
        Err(if problems.is_empty() { vec![format!("kraken-tool sweep: {}", done.status)] } else { problems })
    }
}
