//! `kraken artifact`.
//!
//! A downloaded file appears under its name only when it is whole and its SHA-256 is the one that the server told; paths that
//! would leave the target directory are refused.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Component, Path, PathBuf},
};

use clap::Subcommand;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use kraken_protocol::api::ArtifactView;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    client::{Client, Listed, Pages, api, segments},
    failure::{Failure, Outcome},
    look::{Look, Table, Text, counted, size},
    names::Subject,
    screen::Screen,
    session::Session,
};

/// Artifacts: files that jobs stored
#[derive(Debug, Subcommand)]
pub enum ArtifactCommand {
    /// List the artifacts of a run, or of all runs of a flow
    List {
        /// The run or flow
        #[arg(value_name = "RUN|FLOW")]
        of: Subject,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Download artifacts, checked by their SHA-256
    Download {
        /// The run or flow
        #[arg(value_name = "RUN|FLOW")]
        of: Subject,
        /// Only these: paths, directories, or patterns with * and **
        paths: Vec<String>,
        /// The directory to put them into; - writes a single one to the standard output
        #[arg(long, short, value_name = "DIR", default_value = ".")]
        to: PathBuf,
    },
}

/// Does it.
pub async fn run(command: ArtifactCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    match command {
        ArtifactCommand::List { of, pages } => {
            let artifacts = client.list::<ArtifactView>(&list_path(of)?, &[], pages).await?;
            show_list(&artifacts, &mut session.screen)
        }
        ArtifactCommand::Download { of, paths, to } => {
            let artifacts = newest(client.list_all(&list_path(of)?).await?);
            let wanted = select(artifacts, &paths)?;
            if to == Path::new("-") {
                let [artifact] = wanted.as_slice() else {
                    return Err(Failure::Usage(format!("only a single artifact can go to the standard output, not {}", wanted.len())));
                };
                return to_output(&client, artifact, &mut session.screen).await;
            }
            let bytes: u64 = wanted.iter().map(|artifact| artifact.size).sum();
            for (index, artifact) in wanted.iter().enumerate() {
                session.screen.progress(&format!("{}/{} {} ({})", index + 1, wanted.len(), artifact.path, size(artifact.size)));
                to_directory(&client, artifact, &to).await?;
            }
            let summary = json!({"files": wanted.len(), "bytes": bytes, "to": to});
            session.screen.answer(&summary, |_| format!("{}, {}, in {}\n", counted(wanted.len(), "file"), size(bytes), to.display()))
        }
    }
}

/// A list of artifacts as an answer.
pub(super) fn show_list(artifacts: &Listed<ArtifactView>, screen: &mut Screen) -> Outcome {
    screen.rows(&artifacts.rows, "no artifacts", |look| table(&artifacts.rows, look))?;
    artifacts.note_more(screen)
}

fn list_path(of: Subject) -> Outcome<String> {
    match of {
        Subject::Flow(flow) => api(&["flows", &flow.to_string(), "artifacts"]),
        Subject::Run(run) => api(&["runs", &run.to_string(), "artifacts"]),
        Subject::Job(job) => Err(Failure::Usage(format!("{job} is a job; artifacts belong to its run {}", job.run))),
    }
}

fn table(artifacts: &[ArtifactView], _look: &Look) -> Table {
    let mut table = Table::new(&["PATH", "SIZE", "JOB", "SHA256"]);
    for artifact in artifacts {
        table.row([
            Text::plain(&artifact.path),
            Text::plain(size(artifact.size)),
            Text::plain(artifact.job),
            Text::plain(&artifact.sha256),
        ]);
    }
    table
}

/// Of files with the same path, the one of the latest job: what a later stage of the flow made replaces what it was made from.
fn newest(artifacts: Vec<ArtifactView>) -> Vec<ArtifactView> {
    let mut by_path: BTreeMap<String, ArtifactView> = BTreeMap::new();
    for artifact in artifacts {
        match by_path.get(&artifact.path) {
            Some(other) if other.job > artifact.job => {}
            _ => drop(by_path.insert(artifact.path.clone(), artifact)),
        }
    }
    by_path.into_values().collect()
}

/// Those that one of `wanted` names; all if it is empty. Each of `wanted` must name something.
fn select(artifacts: Vec<ArtifactView>, wanted: &[String]) -> Outcome<Vec<ArtifactView>> {
    let mut chosen = vec![wanted.is_empty(); artifacts.len()];
    for want in wanted {
        let patterns = patterns(want)?;
        let mut found = false;
        for (artifact, chosen) in artifacts.iter().zip(&mut chosen) {
            if patterns.is_match(&artifact.path) {
                (*chosen, found) = (true, true);
            }
        }
        if !found {
            return Err(Failure::NotFound(format!("no artifact {want:?}; `kraken artifact list` shows what there is")));
        }
    }
    Ok(artifacts.into_iter().zip(chosen).filter_map(|(artifact, chosen)| chosen.then_some(artifact)).collect())
}

/// The path itself, or everything below it.
fn patterns(want: &str) -> Outcome<GlobSet> {
    let want = want.trim_start_matches("./").trim_end_matches('/');
    let glob = |text: &str| {
        GlobBuilder::new(text).literal_separator(true).build().map_err(|error| Failure::Usage(format!("{want:?} is no pattern: {error}")))
    };
    let set = GlobSetBuilder::new().add(glob(want)?).add(glob(&format!("{want}/**"))?).build();
    set.map_err(|error| Failure::Usage(format!("{want:?} is no pattern: {error}")))
}

/// `path` below `directory`, unless it would lead out of it.
fn target(directory: &Path, path: &str) -> Outcome<PathBuf> {
    let relative = Path::new(path);
    if path.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Failure::Refused(format!("the artifact {path:?} would be written outside {}", directory.display())));
    }
    Ok(directory.join(relative))
}

fn artifact_path(artifact: &ArtifactView) -> Outcome<String> {
    Ok(api(&["runs", &artifact.job.run.to_string(), "artifacts"])? + &segments(&artifact.path)?)
}

async fn to_directory(client: &Client, artifact: &ArtifactView, directory: &Path) -> Outcome {
    let target = target(directory, &artifact.path)?;
    let parent = target.parent().unwrap_or(directory);
    fs::create_dir_all(parent).map_err(|error| Failure::file("make", parent, error))?;
    let failed = |error| Failure::file("write", &target, error);
    let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
    receive(client, artifact, |piece| file.write_all(piece).map_err(failed)).await?;
    // Only the permission bits: nobody else's set-uid program, please.
    fs::set_permissions(file.path(), fs::Permissions::from_mode(artifact.mode & 0o777 | 0o600)).map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

async fn to_output(client: &Client, artifact: &ArtifactView, screen: &mut Screen) -> Outcome {
    receive(client, artifact, |piece| screen.write(piece)).await
}

/// Receives the whole file, piece by piece; fails if it was not what had been told.
async fn receive(client: &Client, artifact: &ArtifactView, mut take: impl FnMut(&[u8]) -> Outcome) -> Outcome {
    let mut answer = client.download(&artifact_path(artifact)?).await?;
    let mut digest = Sha256::new();
    while let Some(piece) = client.piece(&mut answer).await? {
        digest.update(piece.as_ref());
        take(piece.as_ref())?;
    }
    let sha256 = hex::encode(digest.finalize());
    if sha256 == artifact.sha256 {
        return Ok(());
    }
    Err(Failure::Other(format!("{}: what arrived has SHA-256 {sha256}, not {}; try again", artifact.path, artifact.sha256)))
}

#[cfg(test)]
mod tests;
