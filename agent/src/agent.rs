//! The agent as a whole: joins, recovers, then serves until it shall not.
//!
//! The long-lived tasks: the renewal of the session, the long poll of the queue, and [`serve`], which waits for news, claims and holds at
//! most one job at a time, and beats its heart while it waits.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use kraken_domain::place;
use kraken_protocol::agent::{ClaimRequest, HeartbeatRequest};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    api::{Api, ApiError, BadServer, luck},
    executor::{Executor, ExecutorError, LocalExecutor, LocalSettings},
    facts::Host,
    identity::{EnrolError, EnrolmentToken, StateDir, StateError, enrol},
    memory,
    notify::ServiceManager,
    poll,
    session::{Cloud, Persistent, Sessions, keep_renewing},
    signals::Wish,
    work::{self, Claim, Desk, Executors, HoldError},
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
    /// `kraken-tool` is not where it should be.
    #[error("{} is not there; name it with --tool", .0.display())]
    NoTool(PathBuf),
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
            Self::State(_) | Self::Enrol(_) | Self::Executor(_) | Self::NoTool(_) => false,
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
    if tool.is_file() { Ok(tool) } else { Err(AgentError::NoTool(tool)) }
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
    let local = LocalExecutor::new(LocalSettings::new(tool, &work_dir))?;
    if let Err(error) = local.sweep().await {
        tracing::error!(%error, "what an earlier process left cannot be removed; a person has to look");
    }
    let executors = Executors::from([(place::Executor::Local, Executor::Local(local))]);
    let host = Host::look(&work_dir, versions(&executors), settings.labels.clone());

    let server = Api::new(&settings.server)?;
    let identity = match state.identity()? {
        Some(identity) => identity,
        None => {
            let name = settings.name.clone().or_else(|| Some(host.name().to_owned()));
            enrol(&state, &server, settings.enrolment.as_ref(), name, host.facts()).await?
        }
    };
    if identity.server != server.address() {
        tracing::warn!(enrolled_at = identity.server, server = server.address(), "this agent enrolled at another address");
    }
    let api = server.with_token(&identity.token)?;
    let sessions = Arc::new(Sessions::new(api.clone(), state.installation().to_owned(), move || host.facts()));

    let Some(cloud) = authorised(&sessions, wishes, &manager).await? else { return Ok(()) };
    let (newest, seen) = watch::channel(cloud);
    let desk = Desk { api, state, executors, manager, store: Persistent::new(seen.clone(), Arc::clone(&sessions)) };
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
        work::recover(&desk).await?;
        tracing::info!(agent.id = %seen.borrow().session().agent, "ready for jobs");
        desk.manager.ready();
        serve(&desk, &sessions, &newest, news.subscribe(), wishes, settings.once).await
    };
    tokio::select! {
        result = serving => result,
        error = ended => Err(error.into()),
    }
}

fn versions(executors: &Executors) -> BTreeMap<place::Executor, String> {
    executors.keys().map(|executor| (*executor, env!("CARGO_PKG_VERSION").to_owned())).collect()
}

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
                manager.ready();
                manager.status("waits for an administrator to authorise it");
            }
            manager.alive();
            sleep(Duration::from_secs(u64::from(session.intervals.poll_wait_s.max(1)))).await;
        }
    };
    tokio::select! {
        session = asking => session.map(Some),
        _ = wishes.wait_for(|wish| *wish > Wish::Work) => Ok(None),
    }
}

/// Claims and holds one job after the other.
async fn serve(
    desk: &Desk,
    sessions: &Sessions,
    newest: &watch::Sender<Cloud>,
    mut news: watch::Receiver<u64>,
    wishes: &mut watch::Receiver<Wish>,
    once: bool,
) -> Result<(), AgentError> {
    // A job may have been promised before anybody listened.
    let mut look = true;
    loop {
        if !look {
            desk.warm_up();
            desk.manager.status("waits for a job");
            match wait(desk, newest, &mut news, wishes).await? {
                Woken::Look => {}
                Woken::End => break,
                Woken::NotAuthorised => {
                    let Some(cloud) = authorised(sessions, wishes, &desk.manager).await? else { break };
                    newest.send_replace(cloud);
                }
            }
        }
        if *wishes.borrow() > Wish::Work {
            break;
        }
        // News from here on is about what comes after this claim.
        news.mark_unchanged();
        let since = Instant::now();
        let order = match desk.api.call(&ClaimRequest {}).await {
            Ok(claimed) => claimed.job,
            Err(error) if error.is_final() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "no job can be claimed");
                None
            }
        };
        look = order.is_some();
        let Some(order) = order else { continue };
        let id = order.job;
        tracing::info!(job.id = %id, name = order.name, "job begins");
        desk.manager.status(&format!("works on {id}"));
        let intervals = newest.borrow().session().intervals;
        let claim = Claim { order: *order, since, intervals, news: news.clone(), wishes: wishes.clone(), more: !once };
        work::hold(desk, claim).await?;
        tracing::info!(job.id = %id, "job over");
        if once {
            break;
        }
        look = news.has_changed().unwrap_or(false);
    }
    desk.manager.stopping();
    Ok(())
}

enum Woken {
    Look,
    NotAuthorised,
    End,
}

/// Waits until there may be a job, beating the heart.
async fn wait(
    desk: &Desk,
    newest: &watch::Sender<Cloud>,
    news: &mut watch::Receiver<u64>,
    wishes: &mut watch::Receiver<Wish>,
) -> Result<Woken, ApiError> {
    let every = || Duration::from_secs(u64::from(newest.borrow().session().intervals.idle_heartbeat_s.max(1)));
    // Agents that started together need not beat together.
    let mut due = Instant::now() + every().mul_f64(0.5 + luck() / 2.0);
    loop {
        tokio::select! {
            _ = news.changed() => return Ok(Woken::Look),
            _ = wishes.wait_for(|wish| *wish > Wish::Work) => return Ok(Woken::End),
            () = sleep_until(due) => {}
        }
        // Nothing was wanted for a while: now it costs nobody's time.
        memory::give_back();
        due = Instant::now() + every();
        match desk.api.call(&HeartbeatRequest::default()).await {
            Ok(answer) => {
                desk.manager.alive();
                if !answer.authorised {
                    return Ok(Woken::NotAuthorised);
                }
                if answer.claim {
                    return Ok(Woken::Look);
                }
            }
            Err(error) if error.is_final() => return Err(error),
            Err(error) => tracing::warn!(%error, "no heartbeat gets through"),
        }
    }
}
