//! Artifacts: what a job stored, and what earlier runs of its flow stored.

use std::time::Duration;

use globset::{GlobBuilder, GlobMatcher};
use kraken_cloud::Reading;
use kraken_domain::{
    AgentId, JobId, RunId,
    job::{Generation, Job},
};
use kraken_protocol::agent::{ArtifactFile, FindArtifacts, FoundArtifact, FoundArtifacts, RegisterArtifacts};
use kraken_store::{ArtifactBatch, ArtifactRecord, Commit, Versioned};
use sha2::{Digest, Sha256};

use super::session::prefix;
use crate::{Control, ControlError, again::unopposed};

/// So many files fit into one item whatever their names.
const FILES_PER_BATCH: usize = 20;
/// How long an agent may take to begin reading a file that it was given.
const READABLE_FOR: Duration = Duration::from_secs(3600);
const PATH_MAX: usize = 1000;
const PATH_IN_KEY_MAX: usize = 200;
const KEY_MAX: usize = 1200;

impl Control {
    /// Notes files that a job stored under its agent's prefix. The same files twice are noted once.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more, [`ControlError::Invalid`] for a path or key that may not be.
    pub async fn register_artifacts(&self, agent: AgentId, request: RegisterArtifacts) -> Result<(), ControlError> {
        self.held(agent, request.job, request.generation).await?;
        for (at, file) in request.files.iter().enumerate() {
            check_file(agent, at, file)?;
        }
        let mut files: Vec<ArtifactRecord> = request.files.iter().map(record).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        for files in files.chunks(FILES_PER_BATCH) {
            let text = serde_json::to_vec(files).map_err(|error| ControlError::Internal(error.to_string()))?;
            let batch = ArtifactBatch {
                job: request.job,
                generation: request.generation.0,
                place: format!("{}#{}", beginning(&files[0].path), hex::encode(Sha256::digest(&text))),
                files: files.to_vec(),
            };
            let mut commit = Commit::new();
            commit.overwrite(&batch)?;
            self.store.commit(commit).await.map_err(unopposed)?;
        }
        Ok(())
    }

    /// The files of the newest other run of the job's flow that has all sources, with leave to read them.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more, [`ControlError::Invalid`] for a bad pattern.
    pub async fn find_artifacts(&self, agent: AgentId, request: FindArtifacts) -> Result<FoundArtifacts, ControlError> {
        self.held(agent, request.job, request.generation).await?;
        let patterns = request.sources.iter().enumerate().map(|(at, source)| pattern(at, source)).collect::<Result<Vec<_>, _>>()?;
        let mut runs = self.store.runs(request.job.flow()).await?;
        runs.retain(|run| run.id != request.job.run);
        runs.reverse();
        let mut missing: Vec<String> = request.sources.clone();
        for run in runs {
            let files = self.artifacts_of(run.id).await?;
            let lacking: Vec<String> = request
                .sources
                .iter()
                .zip(&patterns)
                .filter(|(_, pattern)| !files.iter().any(|(_, file)| pattern.is_match(&file.path)))
                .map(|(source, _)| source.clone())
                .collect();
            if lacking.is_empty() {
                let wanted = files.into_iter().filter(|(_, file)| patterns.iter().any(|pattern| pattern.is_match(&file.path)));
                let mut found = Vec::new();
                for (_, file) in wanted {
                    let url = self.objects.presigned_get(&file.key, READABLE_FOR, Reading::default()).await?;
                    found.push(FoundArtifact { file: shown(file), url });
                }
                return Ok(FoundArtifacts { files: found, missing: Vec::new() });
            }
            if lacking.len() < missing.len() {
                missing = lacking;
            }
        }
        Ok(FoundArtifacts { files: Vec::new(), missing })
    }

    /// All files of a run, by path; of files of one path the one of the newest job.
    async fn artifacts_of(&self, run: RunId) -> Result<Vec<(JobId, ArtifactRecord)>, ControlError> {
        let (mut by_path, mut after) = (std::collections::BTreeMap::new(), None);
        loop {
            let page = self.store.artifacts(run, 100, after.as_ref()).await?;
            let counts = self.that_count(&page.items).await?;
            for (batch, _) in page.items.into_iter().zip(counts).filter(|(_, counts)| *counts) {
                let ArtifactBatch { job, files, .. } = batch.value;
                by_path.extend(files.into_iter().map(|file| (file.path.clone(), (job, file))));
            }
            after = page.next;
            if after.is_none() {
                return Ok(by_path.into_values().collect());
            }
        }
    }

    /// The job, if the agent holds it.
    pub(super) async fn held(&self, agent: AgentId, job: JobId, generation: Generation) -> Result<Versioned<Job>, ControlError> {
        let read = self.job(job).await?;
        if read.holder() == Some(agent) && read.generation == generation {
            return Ok(read);
        }
        Err(ControlError::Stale(format!("agent {agent} does not hold job {job} with generation {}: stop working on it", generation.0)))
    }
}

/// As much of a path as a sort key has room for.
fn beginning(path: &str) -> &str {
    &path[..path.floor_char_boundary(PATH_IN_KEY_MAX)]
}

fn check_file(agent: AgentId, at: usize, file: &ArtifactFile) -> Result<(), ControlError> {
    let wrong = |field: &str, message: String| Err(ControlError::invalid(format!("/files/{at}/{field}"), message));
    let parts_ok = file.path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !parts_ok || file.path.len() > PATH_MAX || file.path.chars().any(char::is_control) {
        return wrong(
            "path",
            format!("{:?} is not a path of an artifact: expected a relative path without '..', up to {PATH_MAX} bytes", file.path),
        );
    }
    if !file.key.starts_with(&prefix(agent)) || file.key.len() > KEY_MAX {
        return wrong("key", format!("{:?} is not under the agent's own prefix", file.key));
    }
    if file.sha256.len() != 64 || !file.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return wrong("sha256", format!("{:?} is not a SHA-256: expected 64 hexadecimal digits", file.sha256));
    }
    Ok(())
}

fn pattern(at: usize, source: &str) -> Result<GlobMatcher, ControlError> {
    let glob = GlobBuilder::new(source.strip_prefix("./").unwrap_or(source)).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| ControlError::invalid(format!("/sources/{at}"), format!("{source:?} is not a path or pattern: {error}")))
}

fn record(file: &ArtifactFile) -> ArtifactRecord {
    let ArtifactFile { path, key, size, sha256, mode, public, report_entry } = file.clone();
    ArtifactRecord { path, key, size, sha256, mode, public, report_entry }
}

fn shown(record: ArtifactRecord) -> ArtifactFile {
    let ArtifactRecord { path, key, size, sha256, mode, public, report_entry } = record;
    ArtifactFile { path, key, size, sha256, mode, public, report_entry }
}
