//! Where stories happen: the local process, and the deployment on an emulated AWS. Each is brought up once and ends with this program.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use anyhow::{Context, Result};
use kraken_harness::{Api, Deployment, Home, ServerProcess, settings};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{
    aws::Aws,
    faults::messages::{set_rest, url},
    search::Search,
};

/// Names a deployment that is there already.
const EXISTING: &str = "KRAKEN_E2E_DEPLOYMENT";

/// Seconds between two tries to index a log: as long as one may take. If it were less, several would work on one long log.
const INDEXER_REST_S: &str = "120";

/// The kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Local,
    Deployment,
}

/// A running system.
#[derive(Debug)]
pub(crate) enum Place {
    /// The program `kraken up`.
    Process(ServerProcess),
    /// The functions on the emulator, and where they search logs if that is this program's own.
    Deployment(Deployment, Option<Search>),
    /// The server in this process, for what the program has no option for.
    Home(Box<Home>),
}

impl Place {
    /// A client with the administrator's token.
    pub(crate) fn api(&self) -> Result<Api> {
        match self {
            Self::Process(server) => server.api(),
            Self::Deployment(deployment, _) => deployment.api(),
            Self::Home(home) => Ok(home.api()),
        }
    }

    /// The deployment, for what only a deployment has.
    pub(crate) fn deployment(&self) -> Option<&Deployment> {
        match self {
            Self::Deployment(deployment, _) => Some(deployment),
            Self::Process(_) | Self::Home(_) => None,
        }
    }

    /// Where the deployment's logs are searched, to be ended and started again. `None` beside a deployment that was there before.
    pub(crate) fn search(&self) -> Option<&Search> {
        match self {
            Self::Deployment(_, search) => search.as_ref(),
            Self::Process(_) | Self::Home(_) => None,
        }
    }

    /// Does what the clock would do within a minute. The local process has a clock of its own that is quick enough.
    pub(crate) async fn tick(&self) -> Result<()> {
        let Some(deployment) = self.deployment() else { return Ok(()) };
        tick(&Aws::account(deployment)).await
    }
}

/// The ticks of a deployment: what its rules by the minute call. What a function fails with is left to the next tick, as by the rules.
pub(crate) async fn tick(account: &Aws) -> Result<()> {
    account.invoke("watchdog", &json!({})).await?;
    account.invoke("planner", &json!({})).await?;
    account.invoke("scheduler", &message_to("queue")).await?;
    account.invoke("notifier", &message_to("notices")).await?;
    Ok(())
}

/// An event as a queue with one message makes it.
pub(crate) fn message_to(body: &str) -> Value {
    json!({"Records": [{
        "messageId": "tick", "receiptHandle": "tick", "body": body, "attributes": {}, "messageAttributes": {}, "eventSource": "kraken:tick",
    }]})
}

/// A place, or why there is none: it is not tried again for every story.
type Made = Result<Arc<Place>, String>;

/// All places of this program, each made when it is first asked for, and the folder of everything.
#[derive(Debug)]
pub(crate) struct Places {
    dir: PathBuf,
    process: OnceCell<Made>,
    deployment: OnceCell<Made>,
    guard: Child,
}

impl Places {
    /// Prepares for places below a new folder.
    pub(crate) fn new() -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("kraken-e2e-").tempdir()?.keep();
        let mut guard = Command::new("python3");
        guard.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("guard.py")).arg(&dir).stdin(Stdio::piped());
        let guard = std::os::unix::process::CommandExt::process_group(&mut guard, 0).spawn().context("python3 is needed")?;
        Ok(Self { dir, process: OnceCell::new(), deployment: OnceCell::new(), guard })
    }

    /// The place of that kind.
    pub(crate) async fn get(&self, kind: Kind) -> Result<Arc<Place>> {
        let made = match kind {
            Kind::Local => self.process.get_or_init(async || self.local().await.map_err(|error| format!("{error:#}"))).await,
            Kind::Deployment => self.deployment.get_or_init(async || self.deploy().await.map_err(|error| format!("{error:#}"))).await,
        };
        made.clone().map_err(anyhow::Error::msg)
    }

    /// A local process whose agents get credentials that end after `seconds`.
    pub(crate) async fn with_short_sessions(seconds: i64) -> Result<Arc<Place>> {
        let mut settings = settings();
        settings.credentials_s = seconds;
        Ok(Arc::new(Place::Home(Box::new(Home::with(settings).await?))))
    }

    async fn local(&self) -> Result<Arc<Place>> {
        Ok(Arc::new(Place::Process(ServerProcess::start(&self.dir.join("local")).await?)))
    }

    async fn deploy(&self) -> Result<Arc<Place>> {
        if let Some(facts) = std::env::var_os(EXISTING) {
            return Ok(Arc::new(Place::Deployment(Deployment::existing(Path::new(&facts))?, None)));
        }
        let search = Search::start(self.dir.join("search")).await?;
        let deployment = Deployment::start(&self.dir.join("deployment"), Some(&search.url())).await?;
        // A log whose index is late is tried again: here soon enough for a test, not after twelve minutes.
        let account = Aws::account(&deployment);
        set_rest(&account, &url(&account, "kraken-indexer").await?, INDEXER_REST_S).await?;
        Ok(Arc::new(Place::Deployment(deployment, Some(search))))
    }

    /// A folder of this program.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Ends everything. After a failure the logs are kept.
    pub(crate) fn end(self, well: bool) {
        let Self { dir, process, deployment, mut guard } = self;
        drop((process, deployment));
        if !well {
            let kept = dir.with_file_name(format!("failed-{}", dir.file_name().unwrap_or_default().to_string_lossy()));
            if std::fs::rename(&dir, &kept).is_ok() {
                eprintln!("the logs of what failed are in {}", kept.display());
            }
        }
        drop(guard.stdin.take());
        let _reaped = guard.wait();
    }
}
