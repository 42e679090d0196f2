//! What can go wrong with an executor.

use std::{io, path::PathBuf};

/// What can go wrong with an executor. None of it is the job's doing; all of it ends the job.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// The program that runs the tools cannot be started. Repair the installation of the agent.
    #[error("cannot start {}: {source}; is the agent installed completely?", path.display())]
    Tool {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A folder of the agent cannot be used. Give it back to the agent, or make room.
    #[error("cannot use {}: {source}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The supervisor ended, or does not answer. What it ran was ended; the job cannot go on.
    #[error("the job's supervisor is gone ({how}){}", also(.left_behind))]
    SupervisorLost {
        /// How it ended.
        how: String,
        /// What could not be ended or removed, in words.
        left_behind: Vec<String>,
    },
    /// Something of the job is still there. A person has to look: the message names processes and paths.
    #[error("the job left something behind: {}", problems.join("; "))]
    LeftBehind {
        /// What, in words.
        problems: Vec<String>,
    },
}

fn also(left_behind: &[String]) -> String {
    if left_behind.is_empty() { String::new() } else { format!("; left behind: {}", left_behind.join("; ")) }
}
