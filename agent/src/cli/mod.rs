//! The command line of `kraken-agent`.

mod check;
mod install;
mod unit;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use kraken_agent::{
    agent::{self, AgentError, Settings},
    api::Api,
    facts::Host,
    identity::{self, EnrolmentToken, STATE_DIR, StateDir},
    own_log::OwnLog,
    signals::{self, Wish},
};
use tokio::sync::watch;

/// The Kraken agent: runs jobs on this host.
#[derive(Debug, Parser)]
#[command(name = "kraken-agent", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take jobs and run them until told to stop.
    ///
    /// The first SIGTERM or SIGINT: finish the job and take no other. The second: cancel the job. The third: end now.
    Run(Run),
    /// Look whether the server, the queue and the store can be reached and which executors work.
    Check(Place),
    /// Join a server, without taking jobs yet.
    Enrol(Join),
    /// Set the agent up as a system service (as root): user, state directory, systemd unit.
    Install(install::Install),
}

/// Where the agent belongs.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// The server's address, such as https://ci.example.com.
    #[arg(long, env = "KRAKEN_SERVER", value_name = "URL")]
    server: String,
    /// Where the agent keeps its state. Every agent on a host needs one of its own.
    #[arg(long, env = "KRAKEN_AGENT_STATE", value_name = "DIR", default_value = STATE_DIR)]
    state_dir: PathBuf,
}

/// How the agent joins.
#[derive(Clone, Debug, Args)]
pub(crate) struct Join {
    #[command(flatten)]
    place: Place,
    /// A file with the enrolment token, `-` for standard input. Without a token here or in KRAKEN_ENROLMENT_TOKEN an administrator has to
    /// authorise the agent.
    #[arg(long, value_name = "FILE")]
    enrolment_token_file: Option<PathBuf>,
    /// What people shall call the agent; the host's name if not said.
    #[arg(long, env = "KRAKEN_AGENT_NAME")]
    name: Option<String>,
    /// What to say of the host, such as `--label rack=b2`. May be repeated.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
}

#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    join: Join,
    /// Where jobs get their folders; below the state directory if not said.
    #[arg(long, env = "KRAKEN_AGENT_WORK", value_name = "DIR")]
    work_dir: Option<PathBuf>,
    /// The kraken-tool program; beside this one if not said.
    #[arg(long, env = "KRAKEN_TOOL", value_name = "FILE")]
    tool: Option<PathBuf>,
    /// End after one job.
    #[arg(long)]
    once: bool,
    /// The most that a job's folder may hold, in GiB; a job that stores more is ended. No limit if not said.
    #[arg(long, env = "KRAKEN_AGENT_WORKSPACE_MAX", value_name = "GIB", value_parser = clap::value_parser!(u64).range(1..))]
    workspace_max: Option<u64>,
    /// Finish and end when the standard input, a pipe, is closed: for programs that start agents. A token on it is its first line.
    #[arg(long)]
    tied_to_input: bool,
}

fn label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("{text:?} is not a label: expected name=value")),
    }
}

impl Join {
    fn token(&self) -> Result<Option<EnrolmentToken>, identity::EnrolError> {
        match &self.enrolment_token_file {
            Some(file) => EnrolmentToken::read(file).map(Some),
            None => Ok(EnrolmentToken::from_environment()),
        }
    }

    fn labels(&self) -> BTreeMap<String, String> {
        self.labels.iter().cloned().collect()
    }
}

impl Cli {
    /// Does what was asked.
    pub(crate) async fn act(self, own_log: OwnLog) -> anyhow::Result<()> {
        match self.command {
            Command::Run(run) => serve(run, own_log).await,
            Command::Check(place) => check::check(&place).await,
            Command::Enrol(join) => enrol(&join).await,
            Command::Install(install) => install.act().await,
        }
    }
}

async fn serve(run: Run, own_log: OwnLog) -> anyhow::Result<()> {
    let settings = Settings {
        enrolment: run.join.token()?,
        labels: run.join.labels(),
        server: run.join.place.server,
        state_dir: run.join.place.state_dir,
        work_dir: run.work_dir,
        tool: run.tool,
        name: run.join.name,
        once: run.once,
        workspace_max_bytes: run.workspace_max.map(|gib| gib << 30),
        own_log,
    };
    let (wishes, heard) = watch::channel(Wish::Work);
    let input =
        if run.tied_to_input { Some(signals::input().context("the standard input must be a pipe with --tied-to-input")?) } else { None };
    let tied = async {
        match input {
            Some(input) => signals::until_input_ends(input, &wishes).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        result = agent::run(settings, heard) => Ok(result?),
        result = signals::heed(&wishes) => Ok(result?),
        result = tied => Ok(result?),
    }
}

async fn enrol(join: &Join) -> anyhow::Result<()> {
    let state = StateDir::open(&join.place.state_dir)?;
    if let Some(identity) = state.identity()? {
        anyhow::bail!(
            "this state directory is agent {} of {} already; to join anew, remove {}/agent.json",
            identity.agent,
            identity.server,
            state.path().display()
        );
    }
    let host = Host::look(state.path(), BTreeMap::new(), join.labels());
    let name = join.name.clone().or_else(|| Some(host.name().to_owned()));
    let server = Api::new(&join.place.server).map_err(AgentError::from)?;
    let identity = identity::enrol(&state, &server, join.token()?.as_ref(), name, host.facts()).await?;
    println!("{}", identity.agent);
    Ok(())
}
