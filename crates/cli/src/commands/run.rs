//! `kraken run`: with FILE a stage on this machine, with a word a run on the server.

use clap::{Args, Subcommand};
use kraken_domain::RunId;
use kraken_protocol::api::{JobView, NoticeView, Rerun, RerunRequest, RerunWhich, RunView};

use super::run_file::{self, RunFile};
use crate::{
    client::{Client, Listed, Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text, job_state, run_state},
    screen::Screen,
    session::Session,
};

/// Run a stage on this machine without any server, or look after runs on the server
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct RunArgs {
    /// What to do with a run on the server.
    #[command(subcommand)]
    pub command: Option<RunCommand>,
    /// What to run here.
    #[command(flatten)]
    pub file: Option<RunFile>,
}

/// Runs on the server
#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// Show a run with its jobs
    Show {
        /// The run
        run: RunId,
    },
    /// Start a run that waits for a person
    Start {
        /// The run
        run: RunId,
    },
    /// Repeat the jobs of a run, with the code that it was started with
    Rerun {
        /// The run
        run: RunId,
        /// Only the jobs in error
        #[arg(long)]
        failed: bool,
        /// With the newest code of its stage: as a new run in the same flow
        #[arg(long, conflicts_with = "failed")]
        newest_code: bool,
    },
    /// Cancel a run with all its jobs
    Cancel {
        /// The run
        run: RunId,
    },
    /// List the jobs of a run
    Jobs {
        /// The run
        run: RunId,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
}

/// Does it.
pub async fn run(args: RunArgs, session: &mut Session) -> Outcome {
    match (args.command, args.file) {
        (Some(command), _) => on_server(command, session).await,
        (None, Some(file)) => run_file::run(file, session).await,
        (None, None) => {
            Err(crate::failure::Failure::Usage("expected the FILE of a stage, or a command; see `kraken run --help`".to_owned()))
        }
    }
}

async fn on_server(command: RunCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        RunCommand::Show { run } => show(&client, run, screen).await,
        RunCommand::Start { run } => {
            client.act(&api(&["runs", &run.to_string(), "start"])?).await?;
            show(&client, run, screen).await
        }
        RunCommand::Cancel { run } => {
            client.act(&api(&["runs", &run.to_string(), "cancel"])?).await?;
            show(&client, run, screen).await
        }
        RunCommand::Rerun { run, failed, newest_code } => {
            let jobs = if failed { RerunWhich::Failed } else { RerunWhich::All };
            let rerun: Rerun = client.post(&api(&["runs", &run.to_string(), "rerun"])?, &RerunRequest { jobs, newest_code }).await?;
            rerun_answer(&rerun, screen)
        }
        RunCommand::Jobs { run, pages } => {
            let jobs = jobs(&client, run, pages).await?;
            screen.rows(&jobs.rows, "the run has no jobs", |look| job_table(&jobs.rows, look))?;
            jobs.note_more(screen)
        }
    }
}

/// The new jobs of a rerun, or its new run.
pub(super) fn rerun_answer(rerun: &Rerun, screen: &mut Screen) -> Outcome {
    let jobs = || rerun.jobs.iter().map(|job| format!("{job}\n"));
    screen.answer(rerun, |_| rerun.run.iter().map(|run| format!("{run}\n")).chain(jobs()).collect())
}

async fn jobs(client: &Client, run: RunId, pages: Pages) -> Outcome<Listed<JobView>> {
    client.list(&api(&["runs", &run.to_string(), "jobs"])?, &[], pages).await
}

async fn show(client: &Client, run: RunId, screen: &mut Screen) -> Outcome {
    let run: RunView = client.get(&api(&["runs", &run.to_string()])?).await?;
    let notices: Vec<NoticeView> = client.list_all(&api(&["runs", &run.id.to_string(), "notices"])?).await?;
    if screen.is_json() {
        return screen.json(&RunShown { run: &run, notices: &notices });
    }
    let jobs = jobs(client, run.id, Pages { limit: 200, all: false }).await?;
    screen.answer(&run, |look| {
        let table = job_table(&jobs.rows, look).painted(look.paint);
        let told = if notices.is_empty() { String::new() } else { notice_table(&notices, look).painted(look.paint) };
        let gap = |table: &str| if table.is_empty() { "" } else { "\n" };
        format!("{}{}{table}{}{told}", details(&run, look).painted(look.paint), gap(&table), gap(&told))
    })?;
    if jobs.more { screen.note(&format!("there are more jobs: `kraken run jobs {} --all` shows them", run.id)) } else { Ok(()) }
}

/// A run with whom it was told to, for programs.
#[derive(serde::Serialize)]
struct RunShown<'r> {
    #[serde(flatten)]
    run: &'r RunView,
    notices: &'r [NoticeView],
}

/// Whom a run was told to, below each other.
fn notice_table(notices: &[NoticeView], look: &Look) -> Table {
    let mut table = Table::new(&["TOLD", "ON", "STATE", "TRIES", "AT", "NEXT", "ANSWER"]);
    for notice in notices {
        table.row([
            Text::plain(notice.channel.as_str()),
            Text::plain(notice.on.as_str()),
            Text::plain(&notice.state),
            Text::plain(notice.attempts),
            look.maybe_time(notice.settled_at),
            look.maybe_time(notice.next_attempt_at),
            Text::plain(notice.answer.as_deref().unwrap_or_default()),
        ]);
    }
    table
}

fn details(run: &RunView, look: &Look) -> Details {
    let args: Vec<String> = run.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Details::new()
        .with("stage", Text::plain(&run.stage_name))
        .with("run", Text::plain(&run.label))
        .with("id", Text::plain(run.id))
        .with("flow", Text::plain(run.flow))
        .with("state", run_state(run))
        .with("because of", Text::plain(&run.reason))
        .with("made", look.time(run.created_at))
        .with("started", look.maybe_time(run.started_at))
        .with("took", look.lasted(run.started_at, run.completed_at))
        .with("arguments", Text::plain(args.join(" ")))
        .with("note", Text::plain(run.note.as_deref().unwrap_or_default()))
}

/// Jobs below each other.
pub(super) fn job_table(jobs: &[JobView], look: &Look) -> Table {
    let mut table = Table::new(&["JOB", "SYSTEM", "STATE", "TOOK", "ID", "NOTE"]);
    for job in jobs {
        let note = match (&job.covered_by, &job.message) {
            (Some(newer), _) => format!("repeated by {newer}"),
            (None, Some(message)) => message.clone(),
            (None, None) => String::new(),
        };
        table.row([
            Text::plain(&job.name),
            Text::plain(&job.system),
            job_state(job),
            look.lasted(job.started_at, job.completed_at),
            Text::plain(job.id),
            Text::plain(note),
        ]);
    }
    table
}
