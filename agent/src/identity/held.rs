//! The crash marker: which job this agent holds, written before the job's first step and removed when the server knows its end.
//!
//! A process that finds one knows that an agent died with that job; it never runs the job again by itself.

use std::{fs, io, path::PathBuf};

use kraken_domain::{
    JobId,
    job::{Generation, Verdict},
    step::Step,
};
use serde::{Deserialize, Serialize};

use super::{StateDir, StateError, failed, read_json, write_json};

/// The job that is, or was, held. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Where its log goes.
    pub log_prefix: String,
    /// Where its log is until then.
    pub spool: PathBuf,
    /// How it went, once it is over: only the report is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Done>,
}

/// How a held job went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// In all.
    pub verdict: Verdict,
    /// Step by step.
    pub steps: Vec<Step>,
}

impl StateDir {
    /// The job that an earlier process held when it died.
    ///
    /// # Errors
    /// When the marker is there and cannot be read.
    pub fn held(&self) -> Result<Option<Held>, StateError> {
        read_json(&self.path.join("held.json"))
    }

    /// Marks a job as held.
    ///
    /// # Errors
    /// When the marker cannot be written: the job must not begin then.
    pub fn hold(&self, held: &Held) -> Result<(), StateError> {
        write_json(&self.path.join("held.json"), held)
    }

    /// Marks that no job is held. That none was is fine.
    ///
    /// # Errors
    /// When the marker cannot be removed.
    pub fn release(&self) -> Result<(), StateError> {
        let path = self.path.join("held.json");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path, error)),
            _ => Ok(()),
        }
    }
}
