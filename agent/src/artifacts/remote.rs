//! Artifacts in the object store: files go straight there under the agent's own prefix and are then registered with the server; files of
//! other runs come by addresses that the server hands out for this job.

use std::{
    fs::{File, Permissions},
    io::{Read, Write},
    os::{fd::AsRawFd, unix::fs::PermissionsExt},
    path::PathBuf,
    sync::OnceLock,
};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use kraken_domain::{JobId, job::Generation};
use kraken_protocol::{
    agent::{ArtifactFile, FindArtifacts, FoundArtifact, RegisterArtifacts},
    tool::FileEntry,
};
use reqwest::Client;
use sha2::{Digest, Sha256};

use super::{ArtifactError, ArtifactStore, ToKeep, names};
use crate::{
    api::{Api, Retry, http_client, luck},
    executor::Workspace,
    session::Persistent,
};

/// So many files travel at a time.
const FILES_AT_ONCE: usize = 4;

/// So many files are registered with one call.
const FILES_PER_CALL: usize = 500;

/// A file that cannot be fetched is tried so often.
const FETCHES_MAX: u32 = 6;

/// The artifacts of one job.
pub struct RemoteStore {
    /// To register and to find.
    pub api: Api,
    /// To store.
    pub store: Persistent,
    /// The job.
    pub job: JobId,
    /// What its claim handed out.
    pub generation: Generation,
    /// Where its files go, ending in `/`.
    pub prefix: String,
}

#[async_trait]
impl ArtifactStore for RemoteStore {
    async fn keep(&self, workspace: &Workspace, wanted: &ToKeep) -> Result<(), ArtifactError> {
        // By number, so that a future exists only while its file travels.
        let stored: Vec<ArtifactFile> = stream::iter(0..wanted.files.len())
            .map(|n| self.store_file(workspace, &wanted.files[n], wanted).boxed())
            .buffered(FILES_AT_ONCE)
            .try_collect()
            .await?;
        for files in stored.chunks(FILES_PER_CALL) {
            let request = RegisterArtifacts { job: self.job, generation: self.generation, files: files.to_vec() };
            self.api.call(&request).await.map_err(|error| ArtifactError(format!("the files are stored but not known: {error}")))?;
        }
        Ok(())
    }

    async fn fetch(&self, workspace: &Workspace, folder: &str, sources: &[String]) -> Result<Vec<FileEntry>, ArtifactError> {
        let request = FindArtifacts { job: self.job, generation: self.generation, sources: sources.to_vec() };
        let found = self.api.call(&request).await.map_err(|error| ArtifactError(error.to_string()))?;
        if found.files.is_empty() {
            let missing = if found.missing.is_empty() { sources } else { &found.missing };
            return Err(ArtifactError(format!("no run of this flow has {}", missing.join(", "))));
        }
        stream::iter(0..found.files.len())
            .map(|n| fetch_file(workspace, folder, &found.files[n]).boxed())
            .buffered(FILES_AT_ONCE)
            .try_collect()
            .await
    }
}

impl RemoteStore {
    async fn store_file(&self, workspace: &Workspace, entry: &FileEntry, wanted: &ToKeep) -> Result<ArtifactFile, ArtifactError> {
        let wrong = |what: &dyn std::fmt::Display| ArtifactError::of(&entry.name, what);
        names::check(&entry.name)?;
        let file = workspace.open(&entry.path).map_err(|error| wrong(&error))?;
        let file = tokio::task::spawn_blocking({
            let entry = entry.clone();
            move || is_as_named(file, &entry)
        });
        let file = file.await.map_err(|error| wrong(&error))??;
        // The open file, whatever its name leads to by now; it can be read again for another try.
        let again = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        let key = format!("{}{}", self.prefix, entry.name);
        let put = self.store.until_done(|objects| {
            let (key, again) = (&key, &again);
            async move { objects.put_file(key, "application/octet-stream", again, 0..entry.size).await }
        });
        put.await.map_err(|error| wrong(&error))?;
        Ok(ArtifactFile {
            path: entry.name.clone(),
            key,
            size: entry.size,
            sha256: entry.sha256.clone(),
            mode: entry.mode,
            public: wanted.public,
            report_entry: wanted.report_entry.as_ref() == Some(&entry.name),
        })
    }
}

/// Reads the file once to see that it still is what the tool saw.
fn is_as_named(mut file: File, entry: &FileEntry) -> Result<File, ArtifactError> {
    let wrong = |what: &dyn std::fmt::Display| ArtifactError::of(&entry.name, what);
    let mut sum = Sha256::new();
    let mut chunk = vec![0; 128 << 10];
    let mut size = 0_u64;
    loop {
        match file.read(&mut chunk).map_err(|error| wrong(&error))? {
            0 => break,
            length => {
                sum.update(&chunk[..length]);
                size += length as u64;
            }
        }
    }
    if size != entry.size || hex::encode(sum.finalize()) != entry.sha256 {
        return Err(wrong(&"the file changed while it was to be stored; let the step that writes it end first"));
    }
    Ok(file)
}

async fn fetch_file(workspace: &Workspace, folder: &str, found: &FoundArtifact) -> Result<FileEntry, ArtifactError> {
    let name = &found.file.path;
    names::check(name)?;
    let mut tries = 0;
    loop {
        let path = format!("{folder}/{tries}/{name}");
        match download(workspace, &path, found).await {
            Ok(()) => {
                let (size, sha256, mode) = (found.file.size, found.file.sha256.clone(), found.file.mode);
                return Ok(FileEntry { path, name: name.clone(), size, sha256, mode });
            }
            Err(error) if tries + 1 >= FETCHES_MAX => return Err(ArtifactError::of(name, error)),
            Err(error) => {
                tracing::debug!(artifact = name, error, "an artifact could not be fetched; trying again");
                tokio::time::sleep(Retry::FOR_EVER.pause(tries, luck()) * 4).await;
                tries += 1;
            }
        }
    }
}

async fn download(workspace: &Workspace, path: &str, found: &FoundArtifact) -> Result<(), String> {
    let client = download_client(found.url.starts_with("http://"))?;
    // The address is a secret: no error may show it.
    let plain = |error: reqwest::Error| error.without_url().to_string();
    let mut answer = client.get(&found.url).send().await.map_err(plain)?;
    if !answer.status().is_success() {
        return Err(format!("the object store answers with status {}", answer.status().as_u16()));
    }
    let mut file = workspace.create(path).map_err(|error| error.to_string())?;
    let mut sum = Sha256::new();
    while let Some(chunk) = answer.chunk().await.map_err(plain)? {
        sum.update(&chunk);
        file.write_all(&chunk).map_err(|error| error.to_string())?;
    }
    if hex::encode(sum.finalize()) != found.file.sha256 {
        return Err("what arrived has another check sum".to_owned());
    }
    let mode = Permissions::from_mode(found.file.mode & 0o777);
    file.set_permissions(mode).map_err(|error| error.to_string())
}

/// One client for each kind of address, made when it is first needed.
fn download_client(plain: bool) -> Result<&'static Client, String> {
    static CLIENTS: [OnceLock<Client>; 2] = [OnceLock::new(), OnceLock::new()];
    let slot = &CLIENTS[usize::from(plain)];
    if slot.get().is_none() {
        let client = http_client(plain).map_err(|error| error.to_string())?;
        // Somebody else was first: then theirs serves.
        let _ = slot.set(client);
    }
    slot.get().ok_or_else(|| "no HTTP client".to_owned())
}
