//! `kraken stage`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use kraken_protocol::api::{NewStage, PlannedJob, StageChange, StageCheck, StageChecked, StageView, TriggerView};

use super::{
    input::read_code,
    stage_source::{SourceArgs, from_repo, source_details},
};
use crate::{
    client::{Client, Pages, api},
    failure::{Failure, Outcome},
    look::{Details, Look, Paint, Table, Text, Tone, counted},
    names::{BranchRef, StageName, StageRef},
    session::Session,
};

/// Stages of branches
#[derive(Debug, Subcommand)]
pub enum StageCommand {
    /// List the stages of a branch
    List {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make a stage
    Create {
        /// Where and how it is called
        #[arg(value_name = "PROJECT/BRANCH/STAGE")]
        name: StageName,
        /// Its code; - reads the standard input
        file: PathBuf,
        /// What it is about
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Make a stage whose code is a file of a repository, or take the code of one from there
    FromRepo {
        /// Where and how it is called
        #[arg(value_name = "PROJECT/BRANCH/STAGE")]
        name: StageName,
        /// Where its code is
        #[command(flatten)]
        source: SourceArgs,
    },
    /// Look at the repository of a stage now
    Refresh {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
    },
    /// Keep the code of a stage here from now on, as it is
    Detach {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
    },
    /// Show a stage with its code
    Show {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
        /// Only the code, to be put into a file
        #[arg(long)]
        code: bool,
    },
    /// Replace a stage's code; refused with all problems if it is wrong
    Save {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
        /// Its new code; - reads the standard input
        file: PathBuf,
        /// What it is about from now on
        #[arg(long)]
        description: Option<String>,
        /// Refuse if the stored code is no longer the one with this SHA-256, which `show` tells
        #[arg(long, value_name = "SHA256")]
        if_sha256: Option<String>,
        /// Make the stage if there is none
        #[arg(long, conflicts_with = "if_sha256")]
        create: bool,
    },
    /// Ask the server whether this code would be accepted, and which jobs it would make
    Check {
        /// The stage, existing or not
        #[arg(value_name = "PROJECT/BRANCH/STAGE")]
        name: StageName,
        /// The code; - reads the standard input
        file: PathBuf,
    },
    /// Let new flows run a stage
    Enable {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
    },
    /// Keep new flows from running a stage
    Disable {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
    },
    /// Delete a stage
    Delete {
        /// The stage
        #[arg(value_name = "PROJECT/BRANCH/STAGE|ID")]
        stage: StageRef,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it.
pub async fn run(command: StageCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    let stage = match command {
        StageCommand::List { branch, pages } => {
            let path = client.of_branch(&branch, "stages").await?;
            let stages = client.list::<StageView>(&path, &[], pages).await?;
            screen.rows(&stages.rows, "no stages yet; `kraken stage create` makes one", |look| table(&stages.rows, look))?;
            return stages.note_more(screen);
        }
        StageCommand::Show { stage, code } => {
            let stage: StageView = client.get(&stage_path(&client, &stage).await?).await?;
            return match (&stage.code, code && !screen.is_json()) {
                (Some(code), true) => screen.write(code.as_bytes()),
                _ => screen.answer(&stage, |look| with_code(&stage, look)),
            };
        }
        StageCommand::Check { name, file } => {
            let code = read_code(&file)?;
            let path = api(&["branches", &client.named_branch(&name.branch).await?.id.to_string(), "stages", "check"])?;
            let checked: StageChecked = client.post(&path, &StageCheck { name: name.stage, code }).await?;
            return checked_answer(checked, &file, session);
        }
        StageCommand::Delete { stage, yes } => {
            let path = stage_path(&client, &stage).await?;
            let stage: StageView = client.get(&path).await?;
            screen.confirm(yes, &format!("Delete stage {:?}?", stage.name))?;
            client.delete(&path).await?;
            return super::deleted(screen, "stage", &stage.id, &stage.name);
        }
        StageCommand::Create { name, file, description } => create(&client, name, &file, description).await?,
        StageCommand::Save { stage, file, description, if_sha256, create: may_create } => {
            match (stage_path(&client, &stage).await, stage) {
                (Err(Failure::NotFound(_)), StageRef::Named(name)) if may_create => {
                    create(&client, name, &file, description.unwrap_or_default()).await?
                }
                (path, _) => {
                    let change = StageChange { code: Some(read_code(&file)?), description, enabled: None, if_sha256 };
                    client.put(&path?, &change).await.map_err(|failure| in_file(failure, &file))?
                }
            }
        }
        StageCommand::FromRepo { name, source } => from_repo(&client, name, source).await?,
        StageCommand::Refresh { stage } => {
            client.post(&format!("{}/refresh", stage_path(&client, &stage).await?), &serde_json::json!({})).await?
        }
        StageCommand::Detach { stage } => {
            let path = stage_path(&client, &stage).await?;
            client.delete(&format!("{path}/source")).await?;
            client.get(&path).await?
        }
        StageCommand::Enable { stage } => switch(&client, &stage, true).await?,
        StageCommand::Disable { stage } => switch(&client, &stage, false).await?,
    };
    screen.details(&stage, |look| details(&stage, look))
}

async fn stage_path(client: &Client, stage: &StageRef) -> Outcome<String> {
    api(&["stages", &client.stage_id(stage).await?.to_string()])
}

async fn create(client: &Client, name: StageName, file: &Path, description: String) -> Outcome<StageView> {
    let new = NewStage { name: name.stage, description, code: read_code(file)? };
    let path = api(&["branches", &client.named_branch(&name.branch).await?.id.to_string(), "stages"])?;
    client.post(&path, &new).await.map_err(|failure| in_file(failure, file))
}

async fn switch(client: &Client, stage: &StageRef, enabled: bool) -> Outcome<StageView> {
    client.put(&stage_path(client, stage).await?, &StageChange { enabled: Some(enabled), ..StageChange::default() }).await
}

/// A refusal of code tells lines; with the file before them, an editor can jump there.
fn in_file(failure: Failure, file: &Path) -> Failure {
    match failure {
        Failure::Problem(problem) if !problem.errors.is_empty() && problem.errors.iter().any(|error| error.line.is_some()) => {
            let message = format!("{} (request {})", problem.detail, problem.request_id);
            Failure::Invalid { message, file: Some(file.to_owned()), problems: problem.errors }
        }
        other => other,
    }
}

pub(super) fn checked_answer(checked: StageChecked, file: &Path, session: &mut Session) -> Outcome {
    let screen = &mut session.screen;
    if checked.ok {
        return screen.answer(&checked, |look| planned(&checked.jobs, look.paint));
    }
    if screen.is_json() {
        screen.json(&checked)?;
        return Err(Failure::Invalid { message: "the stage is in error".to_owned(), file: None, problems: checked.problems });
    }
    Err(Failure::Invalid { message: "the stage is in error".to_owned(), file: Some(file.to_owned()), problems: checked.problems })
}

fn planned(jobs: &[PlannedJob], paint: Paint) -> String {
    let mut table = Table::new(&["JOB", "SYSTEM", "EXECUTOR", "AGENTS GROUP", "STEPS"]);
    for job in jobs {
        table.row([
            Text::plain(&job.name),
            Text::plain(&job.system),
            Text::plain(&job.executor),
            Text::plain(&job.agents_group),
            Text::plain(job.steps),
        ]);
    }
    format!("{} with {}\n{}", paint.paint("ok", Tone::Good), counted(jobs.len(), "job"), table.painted(paint))
}

fn enabled(stage: &StageView) -> Text {
    if stage.enabled { Text::new("enabled", Tone::Good) } else { Text::new("disabled", Tone::Muted) }
}

fn table(stages: &[StageView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "STATE", "PARENTS", "ID", "CHANGED", "DESCRIPTION"]);
    for stage in stages {
        table.row([
            Text::plain(&stage.name),
            enabled(stage),
            Text::plain(stage.parents.join(", ")),
            Text::plain(stage.id),
            look.time(stage.updated_at),
            Text::plain(&stage.description),
        ]);
    }
    table
}

fn details(stage: &StageView, look: &Look) -> Details {
    let details = own_details(stage, look);
    stage.source.iter().fold(details, |details, source| source_details(details, source, look))
}

fn own_details(stage: &StageView, look: &Look) -> Details {
    Details::new()
        .with("stage", Text::plain(&stage.name))
        .with("id", Text::plain(stage.id))
        .with("branch", Text::plain(stage.branch))
        .with("state", enabled(stage))
        .with("parents", Text::plain(stage.parents.join(", ")))
        .with("description", Text::plain(&stage.description))
        .with("created", look.time(stage.created_at))
        .with("changed", look.time(stage.updated_at))
        .with("sha256", Text::plain(&stage.code_sha256))
        .with("starts by", Text::plain(stage.triggers.iter().map(|trigger| starts(trigger, look)).collect::<Vec<_>>().join("; ")))
}

/// A trigger in words: `cron, next 2 hours from now`.
fn starts(trigger: &TriggerView, look: &Look) -> String {
    let next = trigger
        .next_due
        .map_or_else(|| "never again".to_owned(), |due| format!("next {}", due.to_zoned(look.zone.clone()).strftime("%Y-%m-%d %H:%M:%S")));
    let error = trigger.last_error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
    format!("{}, {next}{error}", trigger.kind)
}

fn with_code(stage: &StageView, look: &Look) -> String {
    let mut text = details(stage, look).painted(look.paint);
    if let Some(code) = &stage.code {
        text.push('\n');
        // Line by line through Text: code is somebody's text as well.
        text.extend(code.lines().map(|line| format!("{}\n", Text::plain(line.replace('\t', "    ")).painted(look.paint))));
    }
    text
}
