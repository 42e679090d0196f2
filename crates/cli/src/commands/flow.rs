//! `kraken flow`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use kraken_domain::{FlowId, flow::FlowKind};
use kraken_protocol::api::{ArtifactView, FlowView, KeepFlow, NewFlow, RunView};

use super::input::arguments;
use crate::{
    client::{Client, Pages, api},
    failure::{Failure, Outcome},
    live,
    look::{Details, Look, Table, Text, elapsed, flow_state, run_state},
    names::{Assignment, BranchRef},
    session::Session,
};

/// Flows: all that one start of a branch sets in motion
#[derive(Debug, Subcommand)]
pub enum FlowCommand {
    /// Start a flow
    Start {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// An argument of the stages; may be given several times
        #[arg(long = "arg", value_name = "NAME=VALUE")]
        args: Vec<Assignment>,
        /// Arguments from a file with a JSON object; - reads the standard input
        #[arg(long, value_name = "FILE")]
        args_file: Option<PathBuf>,
        /// What the flow is for
        #[arg(long, value_enum, default_value_t = Kind::Ci)]
        kind: Kind,
        /// The repository branch to build; the branch's own when absent
        #[arg(long, value_name = "NAME")]
        branch_name: Option<String>,
        /// Watch it until it ends; the exit code tells how it did
        #[arg(long, short)]
        wait: bool,
    },
    /// Watch a flow until it ends; the exit code tells how it did
    Wait {
        /// The flow
        #[arg(value_name = "FLOW")]
        flow: FlowId,
    },
    /// List the flows of a branch, newest first
    List {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// Which flows
        #[arg(long, value_enum, default_value_t = Kind::Ci)]
        kind: Kind,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Show a flow with its runs
    Show {
        /// The flow
        #[arg(value_name = "FLOW")]
        flow: FlowId,
    },
    /// Cancel a flow with all its runs and jobs
    Cancel {
        /// The flow
        #[arg(value_name = "FLOW")]
        flow: FlowId,
    },
    /// Keep a flow whatever its branch's retention says
    Keep {
        /// The flow
        #[arg(value_name = "FLOW")]
        flow: FlowId,
        /// Leave it to the branch's retention again
        #[arg(long)]
        no_longer: bool,
    },
    /// List the artifacts of a flow
    Artifacts {
        /// The flow
        #[arg(value_name = "FLOW")]
        flow: FlowId,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
}

/// What a flow is for
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// The branch itself
    Ci,
    /// A change on its way into the branch
    Dev,
}

impl From<Kind> for FlowKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Ci => FlowKind::Ci,
            Kind::Dev => FlowKind::Dev,
        }
    }
}

/// Does it.
pub async fn run(command: FlowCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        FlowCommand::Start { branch, args, args_file, kind, branch_name, wait } => {
            let new = NewFlow { kind: kind.into(), args: arguments(args, args_file)?, branch_name };
            let flow = start(&client, &branch, &new).await?;
            if wait {
                return live::wait(&client, flow.id, screen).await;
            }
            screen.answer(&flow, |look| with_runs(&flow, look))
        }
        FlowCommand::Wait { flow } => live::wait(&client, flow, screen).await,
        FlowCommand::List { branch, kind, pages } => {
            let path = client.of_branch(&branch, "flows").await?;
            let query = [("kind", FlowKind::from(kind).as_str().to_owned())];
            let flows = client.list::<FlowView>(&path, &query, pages).await?;
            screen.rows(&flows.rows, "no flows yet; `kraken flow start` starts one", |look| table(&flows.rows, look))?;
            flows.note_more(screen)
        }
        FlowCommand::Show { flow } => show(&client, flow, session).await,
        FlowCommand::Cancel { flow } => {
            client.act(&api(&["flows", &flow.to_string(), "cancel"])?).await?;
            show(&client, flow, session).await
        }
        FlowCommand::Keep { flow, no_longer } => {
            let _: FlowView = client.put(&api(&["flows", &flow.to_string(), "keep"])?, &KeepFlow { keep: !no_longer }).await?;
            show(&client, flow, session).await
        }
        FlowCommand::Artifacts { flow, pages } => {
            let artifacts = client.list::<ArtifactView>(&api(&["flows", &flow.to_string(), "artifacts"])?, &[], pages).await?;
            super::artifact::show_list(&artifacts, screen)
        }
    }
}

async fn start(client: &Client, branch: &BranchRef, new: &NewFlow) -> Outcome<FlowView> {
    let path = client.of_branch(branch, "flows").await?;
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|error| Failure::Other(format!("the system gives no random numbers: {error}")))?;
    client.post_once(&path, new, &hex::encode(key)).await
}

async fn show(client: &Client, flow: FlowId, session: &mut Session) -> Outcome {
    let flow: FlowView = client.get(&api(&["flows", &flow.to_string()])?).await?;
    session.screen.answer(&flow, |look| with_runs(&flow, look))
}

fn table(flows: &[FlowView], look: &Look) -> Table {
    let mut table = Table::new(&["FLOW", "KIND", "STATE", "STARTED", "TOOK", "REPOSITORY BRANCH", "ID"]);
    for flow in flows {
        table.row([
            Text::plain(&flow.label),
            Text::plain(flow.kind.as_str()),
            flow_state(flow),
            look.time(flow.created_at),
            look.lasted(Some(flow.created_at), flow.completed_at),
            Text::plain(&flow.branch_name),
            Text::plain(flow.id),
        ]);
    }
    table
}

fn with_runs(flow: &FlowView, look: &Look) -> String {
    let args: Vec<String> = flow.args.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let details = Details::new()
        .with("flow", Text::plain(&flow.label))
        .with("id", Text::plain(flow.id))
        .with("kind", Text::plain(flow.kind.as_str()))
        .with("state", flow_state(flow))
        .with("repository branch", Text::plain(&flow.branch_name))
        .with("started", look.time(flow.created_at))
        .with("by", Text::plain(started_by(flow)))
        .with("took", Text::plain(elapsed(flow.created_at, flow.completed_at.unwrap_or(look.now))))
        .with("arguments", Text::plain(args.join(" ")));
    let details = with_change(details, flow)
        .with("kept", Text::plain(if flow.kept { "whatever the retention says" } else { "" }))
        .with("logs removed", look.maybe_time(flow.without_logs_since))
        .with("artifacts removed", look.maybe_time(flow.without_artifacts_since));
    let mut text = details.painted(look.paint);
    if let Some(runs) = flow.runs.as_ref().filter(|runs| !runs.is_empty()) {
        text.push('\n');
        text.push_str(&run_table(runs, look).painted(look.paint));
    }
    text
}

/// What started it, and who.
fn started_by(flow: &FlowView) -> String {
    match &flow.started_by {
        Some(who) if flow.reason == "person" => who.clone(),
        Some(who) => format!("{} ({who})", flow.reason),
        None => flow.reason.clone(),
    }
}

/// The change that it was started with.
fn with_change(details: Details, flow: &FlowView) -> Details {
    let Some(change) = &flow.change else { return details };
    let short = |commit: &Option<String>| commit.as_deref().map(|commit| commit.get(..12).unwrap_or(commit).to_owned());
    let commits = [short(&change.before), short(&change.after)].into_iter().flatten().collect::<Vec<_>>().join("..");
    let from = match (change.pull_request, &change.target_branch) {
        (Some(number), Some(target)) => {
            format!("#{number}: {} into {target}{}", change.branch, if change.from_fork { ", from a fork" } else { "" })
        }
        _ => change.branch.clone(),
    };
    details
        .with("change", Text::plain(change.subject.as_deref().unwrap_or_default()))
        .with("from", Text::plain(format!("{} {from}", change.repo)))
        .with("commits", Text::plain(commits))
        .with("page", Text::plain(change.url.as_deref().unwrap_or_default()))
}

fn run_table(runs: &[RunView], look: &Look) -> Table {
    let mut table = Table::new(&["STAGE", "RUN", "STATE", "JOBS", "IN ERROR", "TOOK", "ID", "NOTE"]);
    for run in runs {
        table.row([
            Text::plain(&run.stage_name),
            Text::plain(&run.label),
            run_state(run),
            Text::plain(format!("{}/{}", run.jobs.completed, run.jobs.total)),
            Text::plain(run.jobs.error),
            look.lasted(run.started_at, run.completed_at),
            Text::plain(run.id),
            Text::plain(run.note.as_deref().unwrap_or_default()),
        ]);
    }
    table
}
