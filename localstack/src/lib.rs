//! The whole of Kraken on one machine: embedded engines and every function, in one process.
//!
//! The functions are the very ones that run in the cloud, over the very same clients; only what is on the other side of
//! the clients is embedded. What is acknowledged survives `kill -9`; one process at a time owns a data directory.

mod data_dir;
mod engines;
mod error;
mod events;
mod functions;
mod http;
mod logs;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use kraken_control::{Clock, Control, ControlError, Settings};
use kraken_engines::meter::Meter;
use kraken_fn_notifier::{Post, Reach};
use kraken_protocol::api::NewEnrolmentToken;
use kraken_serve::{CancellationToken, Tail};
use tokio::task::JoinSet;

use data_dir::DataDir;
use engines::Engines;
pub use error::StartError;

/// How often records that have expired are removed.
const SWEEP: Duration = Duration::from_secs(3600);

/// What to start, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is kept. Made if it does not exist; one process at a time.
    pub data_dir: PathBuf,
    /// Where the API, the object store and the queues listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address by which agents and browsers reach it, such as `http://ci.example:8080`; from `listen` when absent.
    pub public_url: Option<String>,
    /// What time it is.
    pub clock: Clock,
    /// How often the ticks come that find what no message said.
    pub tick: Duration,
    /// What else can be set.
    pub settings: Settings,
    /// Days that lines of logs can be searched; the stored logs themselves stay.
    pub log_search_days: u32,
    /// What this process logs, to be searched; `None`: it is not.
    pub own_log: Option<Tail>,
    /// Notes every call that would cost something on AWS; `None`: nobody wants to know.
    pub meter: Option<Meter>,
}

impl Options {
    /// The usual: on loopback, by the system's clock.
    pub fn new(data_dir: impl Into<PathBuf>, listen: SocketAddr) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen,
            public_url: None,
            clock: Clock::System,
            tick: Duration::from_secs(5),
            settings: Settings::default(),
            log_search_days: 30,
            own_log: None,
            meter: None,
        }
    }
}

/// A running system.
#[derive(Debug)]
pub struct Local {
    address: SocketAddr,
    url: String,
    admin_token: Option<String>,
    control: Control,
    post: Post,
    engines: Engines,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    /// Last to go: the directory is somebody else's only when nothing writes any more.
    data_dir: DataDir,
}

/// Starts everything. When this returns, the system answers.
///
/// # Errors
/// [`StartError`] that says what to do: another process owns the directory, it cannot be written, the port is taken.
pub async fn start(options: Options) -> Result<Local, StartError> {
    let data_dir = DataDir::open(&options.data_dir)?;
    let listener = http::bind(options.listen).await?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { address: options.listen, source })?;
    let url = options.public_url.unwrap_or_else(|| format!("http://{}", reachable(address)));

    let engines = Engines::open(&data_dir, options.clock.clone(), options.meter).await?;
    let mut settings = options.settings;
    settings.public_url.get_or_insert_with(|| url.clone());
    let mut control = engines.control(&url, options.clock, settings).await?.with_search(engines.logs());
    // Agents that worked on while this was away must have the time to say so.
    control.leases_hold_until = Some(control.lease_from_now());
    let admin_token = first_token(&control, &data_dir).await?;

    let post = Post::new(Reach::Anywhere)?;
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    functions::spawn(&mut tasks, &control, &post, engines.meter(), options.tick, &stop);
    events::spawn(&mut tasks, &engines, &control, &post, &stop).await?;
    logs::spawn(&mut tasks, &engines, &control, options.own_log, options.log_search_days, &stop).await?;
    let (swept, stopped) = (engines.clone(), stop.clone());
    tasks.spawn(async move { kraken_serve::every(SWEEP, stopped, || swept.sweep()).await });
    let front = http::Front::new(&engines, control.clone(), stop.clone());
    tasks.spawn(http::serve(listener, front, stop.clone()));
    tracing::info!(url, data_dir = %options.data_dir.display(), "Kraken is ready");
    Ok(Local { address, url, admin_token, control, post, engines, stop, tasks, data_dir })
}

/// The administrator's token of a new system. Kept first and accepted then, so that a death in between locks nobody out.
async fn first_token(control: &Control, data_dir: &DataDir) -> Result<Option<String>, StartError> {
    if !control.wants_first_token().await? {
        return Ok(None);
    }
    let token = match data_dir.admin_token()? {
        Some(kept) => kept,
        None => {
            let new = control.first_secret();
            data_dir.keep_admin_token(&new)?;
            new
        }
    };
    control.accept_first_token(&token).await?;
    Ok(Some(token))
}

/// Where a listener on every address can be reached from this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { std::net::Ipv4Addr::LOCALHOST.into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    address
}

impl Local {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address by which it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The administrator's token, at the first start only.
    pub fn admin_token(&self) -> Option<&str> {
        self.admin_token.as_deref()
    }

    /// Where the administrator's token of the first start is kept.
    pub fn admin_token_file(&self) -> PathBuf {
        self.data_dir.admin_token_file()
    }

    /// Where everything is kept.
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// The use cases, for who is in the same process.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The bus that is told what happens, for who is in the same process and wants to hear it.
    pub fn bus(&self) -> &kraken_engines::bus::Bus {
        self.engines.bus()
    }

    /// A token with which one agent can join within a day.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn enrolment_token(&self) -> Result<String, ControlError> {
        let new = NewEnrolmentToken { groups: Vec::new(), reusable: false, expires_at: None };
        Ok(self.control.create_enrolment_token(new).await?.1)
    }

    /// The address under which a browser is signed in as the administrator, once and within ten minutes.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn sign_in_address(&self) -> Result<String, ControlError> {
        Ok(format!("{}/#sign-in={}", self.url, self.control.first_sign_in_code().await?))
    }

    /// Whether there is a web UI in this program.
    pub fn has_web_ui(&self) -> bool {
        kraken_web::is_built()
    }

    /// Does now what the next ticks would do.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn tick(&self) -> Result<(), ControlError> {
        self.engines.clock_moved().await;
        functions::tick(&self.control, &self.post, self.engines.meter()).await
    }

    /// Stops gently: no new requests, what is under way is finished.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the system broke");
            }
        }
    }
}
