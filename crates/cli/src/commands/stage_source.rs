//! Stages whose code is a file of a repository.

use clap::Args;
use kraken_protocol::api::{NewStageFromRepo, SourceSettings, SourceView, StageView};

use crate::{
    client::{Client, api},
    failure::{Failure, Outcome},
    look::{Details, Look, Text, Tone},
    names::{StageName, StageRef},
};

/// Where the code of a stage is.
#[derive(Debug, Args)]
pub struct SourceArgs {
    /// Address of the repository: <https://host/path>, without user or password
    url: String,
    /// The file with the code, as its path in the repository
    file: String,
    /// The branch of the repository
    #[arg(long, short, default_value = "main")]
    branch: String,
    /// Name of a secret to look with: an access token, or user and password
    #[arg(long, value_name = "SECRET")]
    credentials: Option<String>,
    /// Seconds between two looks, at least 60
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    refresh_s: u64,
    /// Look before each run, too
    #[arg(long)]
    refresh_on_run: bool,
    /// What the stage is about
    #[arg(long, default_value = "")]
    description: String,
}

/// Makes the stage, or gives the one that is there its source.
pub(super) async fn from_repo(client: &Client, name: StageName, args: SourceArgs) -> Outcome<StageView> {
    let SourceArgs { url, file, branch, credentials, refresh_s, refresh_on_run, description } = args;
    let source = SourceSettings { url, branch, file, credentials, refresh_s, refresh_on_run };
    match client.stage_id(&StageRef::Named(name.clone())).await {
        Ok(id) => client.put(&api(&["stages", &id.to_string(), "source"])?, &source).await,
        Err(Failure::NotFound(_)) => {
            let path = api(&["branches", &client.named_branch(&name.branch).await?.id.to_string(), "stages", "from-repo"])?;
            client.post(&path, &NewStageFromRepo { name: name.stage, description, source }).await
        }
        Err(failure) => Err(failure),
    }
}

/// Adds where the code is, and what the last look found.
pub(super) fn source_details(details: Details, source: &SourceView, look: &Look) -> Details {
    let of = format!("{} of branch {} in {}", source.file, source.branch, source.url);
    let mut details = details.with("source", Text::plain(of)).with("commit", Text::plain(&source.commit));
    if let Some(at) = source.looked_at {
        details = details.with("looked at", look.time(at));
    }
    if let Some(error) = &source.error {
        details = details.with("source error", Text::new(error, Tone::Bad));
    }
    let problems = source.problems.iter().map(|problem| {
        let line = problem.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{line}{} {}", problem.message, problem.path)
    });
    let problems: Vec<_> = problems.collect();
    if problems.is_empty() { details } else { details.with("problems", Text::plain(problems.join("; "))) }
}
