//! The agent as a whole: joins, recovers, then serves until it shall not.
//!
//! The long-lived tasks: the renewal of the session, the long poll of the queue, and [`serve`], which holds at most one job at a time.

mod serve;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use kraken_domain::place;
use kraken_protocol::agent::HeartbeatRequest;
use serve::serve;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    api::{Api, ApiError, BadServer},
    executor::{Executor, ExecutorError, LocalExecutor, LocalSettings},
    facts::Host,
    identity::{EnrolError, EnrolmentToken, StateDir, StateError, enrol},
    notify::ServiceManager,
    own_log::{Bringing, OwnLog},
    poll,
    session::{Cloud, Persistent, Sessions, keep_renewing},
    signals::Wish,
    work::{self, Desk, Executors, HoldError},
};

/// How to run an agent.
#[derive(Debug)]
pub struct Settings {
    /// The server's address.
    pub server: String,
    /// Where the agent keeps its state.
    pub state_dir: PathBuf,
    /// Where jobs get their folders; below the state directory unless said otherwise.
    pub work_dir: Option<PathBuf>,
    /// The `kraken-tool` program; beside this one unless said otherwise.
    pub tool: Option<PathBuf>,
    /// What people shall call the agent; the host's name unless said otherwise.
    pub name: Option<String>,
    /// What its owner says of it.
    pub labels: BTreeMap<String, String>,
    /// To join with, where it has not joined yet.
    pub enrolment: Option<EnrolmentToken>,
    /// End after one job.
    pub once: bool,
    /// The most that a job's folder may hold.
    pub workspace_max_bytes: Option<u64>,
    /// What the agent says, to be brought to the server.
    pub own_log: OwnLog,
}

/// Why an agent ended.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Its state directory cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The server's address cannot be used.
    #[error(transparent)]
    Server(#[from] BadServer),
    /// It could not join.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// The server turned it away.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// It cannot run jobs.
    #[error(transparent)]
    Executor(#[from] ExecutorError),
    /// `kraken-tool` is not where it should be, or does not run here.
    #[error("{} does not work ({reason}); name another one with --tool", .path.display())]
    NoTool {
        /// Where it should be.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl From<HoldError> for AgentError {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Api(error) => Self::Api(error),
            HoldError::State(error) => Self::State(error),
        }
    }
}

impl AgentError {
    /// Whether starting the agent again can help.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Api(error) | Self::Enrol(EnrolError::Api(error)) => error.is_final(),
            Self::Server(_) => true,
            Self::State(_) | Self::Enrol(_) | Self::Executor(_) | Self::NoTool { .. } => false,
        }
    }
}

/// Where `kraken-tool` is: beside the running program.
///
/// # Errors
/// When it is not there.
pub fn tool_beside_us() -> Result<PathBuf, AgentError> {
    let here = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("kraken-agent"));
    let tool = here.with_file_name("kraken-tool");
    if tool.is_file() { Ok(tool) } else { Err(AgentError::NoTool { path: tool, reason: "it is not there".to_owned() }) }
}

/// Runs the tool once, to see that it does: its version.
///
/// # Errors
/// When it does not run.
pub fn tool_version(tool: &Path) -> Result<String, AgentError> {
    let wrong = |reason: String| AgentError::NoTool { path: tool.to_owned(), reason };
    let done = Command::new(tool).arg("--version").stdin(Stdio::null()).output().map_err(|error| wrong(error.to_string()))?;
    if !done.status.success() {
        return Err(wrong(done.status.to_string()));
    }
    let said = String::from_utf8_lossy(&done.stdout);
    Ok(said.split_whitespace().last().unwrap_or_default().to_owned())
}

/// Runs an agent until it is wished to end, or cannot go on.
///
/// # Errors
/// See [`AgentError`].
pub async fn run(settings: Settings, mut wishes: watch::Receiver<Wish>) -> Result<(), AgentError> {
    let mut killed = wishes.clone();
    tokio::select! {
        result = live(settings, &mut wishes) => result,
        // Dropping all else lets the supervisor end what runs; the marker stands for the next start.
        Ok(_) = killed.wait_for(|wish| *wish >= Wish::Kill) => Ok(()),
    }
}

async fn live(settings: Settings, wishes: &mut watch::Receiver<Wish>) -> Result<(), AgentError> {
    let manager = ServiceManager::from_environment();
    let state = StateDir::open(&settings.state_dir)?;
    let work_dir = settings.work_dir.clone().unwrap_or_else(|| state.path().join("work"));
    let tool = settings.tool.clone().map_or_else(tool_beside_us, Ok)?;
    let version = tool_version(&tool)?;
    let local =
        LocalExecutor::new(LocalSettings { workspace_max_bytes: settings.workspace_max_bytes, ..LocalSettings::new(tool, &work_dir) })?;
    if let Err(error) = local.sweep().await {
        tracing::error!(%error, "what an earlier process left cannot be removed; a person has to look");
    }
    let executors = Executors::from([(place::Executor::Local, Executor::Local(local))]);
    let works = BTreeMap::from([(place::Executor::Local, version)]);
    let host = Host::look(&work_dir, works, settings.labels.clone());

    let server = Api::new(&settings.server)?;
    // From here on it is the server's turn, and that may take as long as an outage does.
    manager.ready();
    manager.status("looks for the server");
    let identity = match state.identity()? {
        Some(identity) => identity,
        None => {
            let name = settings.name.clone().or_else(|| Some(host.name().to_owned()));
            tokio::select! {
                enrolled = enrol(&state, &server, settings.enrolment.as_ref(), name, host.facts()) => enrolled?,
                () = wished_to_end(wishes) => return Ok(()),
            }
        }
    };
    if identity.server != server.address() {
        tracing::warn!(enrolled_at = identity.server, server = server.address(), "this agent enrolled at another address");
    }
    let api = server.with_token(&identity.token)?;
    let sessions = Arc::new(Sessions::new(api.clone(), state.installation().to_owned(), move || host.facts()));

    let Some(cloud) = authorised(&sessions, wishes, &manager).await? else { return Ok(()) };
    let (newest, seen) = watch::channel(cloud);
    let mut bringing = Bringing::new(settings.own_log.clone(), seen.clone(), state.path());
    let store = Persistent::new(seen.clone(), Arc::clone(&sessions));
    let desk = Desk { api, state, executors, manager, store, own_log: settings.own_log };
    let news = Arc::new(poll::News::new(0));
    let mut tasks = JoinSet::new();
    tasks.spawn({
        let (sessions, newest) = (Arc::clone(&sessions), newest.clone());
        async move { keep_renewing(&sessions, &newest).await }
    });
    tasks.spawn({
        let (sessions, news, seen) = (Arc::clone(&sessions), Arc::clone(&news), seen.clone());
        async move {
            poll::listen(seen, &sessions, &news).await;
            Ok(())
        }
    });
    let ended = async {
        match tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            // Both go on until they are dropped.
            _ => std::future::pending().await,
        }
    };
    let serving = async {
        tokio::select! {
            recovered = work::recover(&desk) => recovered?,
            () = wished_to_end(wishes) => return Ok(()),
        }
        tracing::info!(agent.id = %seen.borrow().session().agent, "ready for jobs");
        serve(&desk, &sessions, &newest, news.subscribe(), wishes, settings.once).await
    };
    let result = tokio::select! {
        result = serving => result,
        error = ended => Err(error.into()),
        () = bringing.keep_bringing() => Ok(()),
    };
    // No new session after the last word.
    drop(tasks);
    if result.is_ok() {
        tokio::join!(say_goodbye(&desk), bringing.finish());
    }
    result
}

/// Tells the server that no more jobs shall be given to this agent. One that does not hear it finds out by itself, in a minute.
async fn say_goodbye(desk: &Desk) {
    let goodbye = HeartbeatRequest { leaving: true, ..desk.heartbeat(None) };
    match timeout(GOODBYE_WITHIN, desk.api.once(&goodbye)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::info!(%error, "the server does not know that this agent ends; it will notice"),
        Err(_) => tracing::info!("the server does not know that this agent ends; it will notice"),
    }
}

/// An agent that shall end does not wait longer for an answer.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// Asks for sessions until one may take jobs; nothing when the agent shall end before.
async fn authorised(sessions: &Sessions, wishes: &mut watch::Receiver<Wish>, manager: &ServiceManager) -> Result<Option<Cloud>, ApiError> {
    let asking = async {
        let mut told = false;
        loop {
            let session = sessions.ask().await?;
            if session.authorised {
                return Ok(Cloud::new(session, sessions.clock()));
            }
            if !std::mem::replace(&mut told, true) {
                tracing::info!(agent.id = %session.agent, "waiting for an administrator to authorise this agent");
                manager.status("waits for an administrator to authorise it");
            }
            manager.alive();
            sleep(Duration::from_secs(u64::from(session.intervals.poll_wait_s.max(1)))).await;
        }
    };
    tokio::select! {
        session = asking => session.map(Some),
        () = wished_to_end(wishes) => Ok(None),
    }
}

/// Waits for the wish to end.
async fn wished_to_end(wishes: &mut watch::Receiver<Wish>) {
    if wishes.wait_for(|wish| *wish > Wish::Work).await.is_err() {
        // Nobody can wish any more.
        std::future::pending::<()>().await;
    }
}
