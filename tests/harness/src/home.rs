//! The server, in this process.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use kraken_cloud::Queues;
use kraken_control::{Clock, Control, Settings};
use kraken_engines::{meter::Meter, sqs::Sqs};
use kraken_localstack::{Local, Options};
use kraken_protocol::api::EnrolmentTokenMade;
use serde_json::json;
use tempfile::TempDir;

use crate::{AgentProcess, Api, HandAgent, Wire, leftovers, wait_until};

/// A tick so long that none comes by itself: tests say when.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// Settings for stories: agents say every second that they live, and bring their log at once. A lease is as long as always.
pub fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.intervals.heartbeat_s = 1;
    settings.intervals.idle_heartbeat_s = 1;
    settings.intervals.log_flush_ms = 100;
    settings.intervals.own_log_s = 1;
    settings
}

/// The server with its directory. The clock goes like the system's and can be moved.
#[derive(Debug)]
pub struct Home {
    dir: TempDir,
    ahead_ms: Arc<AtomicI64>,
    settings: Settings,
    wire: Option<Wire>,
    meter: Option<Meter>,
    local: Option<Local>,
    token: String,
    agents: usize,
    listen: SocketAddr,
}

impl Home {
    /// Starts a new system on a free port.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start() -> Result<Self> {
        Self::with(settings()).await
    }

    /// Starts a new system with these settings.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn with(settings: Settings) -> Result<Self> {
        Self::new(settings, None, None).await
    }

    /// Starts a new system that agents reach through a wire that can be cut; the test itself does not.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn behind_wire(settings: Settings) -> Result<Self> {
        Self::new(settings, Some(Wire::new().await?), None).await
    }

    /// Starts a new system of which every call that would cost something on AWS is noted.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn metered(settings: Settings, meter: Meter) -> Result<Self> {
        Self::new(settings, None, Some(meter)).await
    }

    async fn new(settings: Settings, wire: Option<Wire>, meter: Option<Meter>) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("kraken-test-").tempdir()?;
        let listen = ([127, 0, 0, 1], 0).into();
        let mut home = Self { dir, ahead_ms: Arc::default(), settings, wire, meter, local: None, token: String::new(), agents: 0, listen };
        home.local = Some(home.local().await?);
        home.token = home.server()?.admin_token().context("a new system makes an administrator's token")?.to_owned();
        home.listen = home.server()?.address();
        if let Some(wire) = &home.wire {
            wire.lead_to(home.listen);
        }
        Ok(home)
    }

    async fn local(&self) -> Result<Local> {
        // On the heap: all of a server is deep, and stories go deeper.
        Ok(Box::pin(kraken_localstack::start(self.options())).await?)
    }

    /// What the server is started with.
    pub fn options(&self) -> Options {
        let mut options = Options::new(self.data_dir(), self.listen);
        options.clock = Clock::Shifted(Arc::clone(&self.ahead_ms));
        options.settings = self.settings.clone();
        options.tick = NEVER;
        options.meter = self.meter.clone();
        options.public_url = self.wire.as_ref().map(|wire| format!("http://{}", wire.address()));
        options
    }

    /// Stops the server gently. Agents go on.
    pub async fn stop(&mut self) {
        if let Some(local) = self.local.take() {
            local.stop().await;
        }
    }

    /// Starts the server again where it was, stopping it before if it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop().await;
        self.local = Some(self.local().await?);
        Ok(())
    }

    /// A client with the administrator's token.
    pub fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.listen), Some(&self.token))
    }

    /// The administrator's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The address by which agents reach the server.
    pub fn agents_url(&self) -> String {
        let address = self.wire.as_ref().map_or(self.listen, Wire::address);
        format!("http://{address}")
    }

    /// The wire between agents and server.
    ///
    /// # Errors
    /// When the system was started without one.
    pub fn wire(&self) -> Result<&Wire> {
        self.wire.as_ref().context("this system has no wire: start it with `behind_wire`")
    }

    /// The server's parts.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn server(&self) -> Result<&Local> {
        self.local.as_ref().context("the server is stopped")
    }

    /// The use cases as somebody performs them whose wake-ups are all lost: they go to queues that nobody reads.
    ///
    /// # Errors
    /// When the server is stopped.
    pub async fn without_wakeups(&self) -> Result<Control> {
        let mut control = self.server()?.control().clone();
        let lost = Sqs::open(&self.dir.path().join("lost-wakeups"), Arc::new(kraken_domain::Timestamp::now))?;
        control.queues = Queues::create(lost.client()).await?;
        Ok(control)
    }

    /// A directory for the test's own files, which goes with it.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where the server keeps everything.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Moves the server's clock ahead, and does what then is due.
    ///
    /// # Errors
    /// When the server is stopped or its engines fail.
    pub async fn pass(&self, time: Duration) -> Result<()> {
        self.move_clock(i64::try_from(time.as_millis())?);
        self.tick().await
    }

    /// Moves the server's clock, ahead or back, and does nothing else.
    pub fn move_clock(&self, by_ms: i64) {
        self.ahead_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// Does what is due.
    ///
    /// # Errors
    /// When the server is stopped or its engines fail.
    pub async fn tick(&self) -> Result<()> {
        Ok(self.server()?.tick().await?)
    }

    /// A token with which an agent can join, and be in these groups.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn enrolment_token(&self, groups: &[&str]) -> Result<String> {
        let made: EnrolmentTokenMade = self.api().post("/api/enrolment-tokens", &json!({"groups": groups})).await?;
        Ok(made.secret)
    }

    /// Starts an agent, enrolled at once, and waits until it is idle.
    ///
    /// # Errors
    /// When it does not get so far.
    pub async fn agent(&mut self) -> Result<AgentProcess> {
        self.agent_in(&[]).await
    }

    /// Starts an agent of these groups, enrolled at once, and waits until it is idle.
    ///
    /// # Errors
    /// When it does not get so far.
    pub async fn agent_in(&mut self, groups: &[&str]) -> Result<AgentProcess> {
        let token = self.enrolment_token(groups).await?;
        let agent = self.newcomer(Some(&token))?;
        self.agent_is(&agent, "idle").await?;
        Ok(agent)
    }

    /// Starts an agent with that enrolment token, or none, and does not wait for anything.
    ///
    /// # Errors
    /// When the program is missing or does not start.
    pub fn newcomer(&mut self, token: Option<&str>) -> Result<AgentProcess> {
        self.agents += 1;
        let name = format!("agent-{}", self.agents);
        AgentProcess::start(&self.agents_url(), &self.dir.path().join(&name), &name, token)
    }

    /// Starts the program of an agent again, with the state that it has.
    ///
    /// # Errors
    /// When it does not start.
    pub fn again(&self, agent: &AgentProcess) -> Result<AgentProcess> {
        AgentProcess::start(&self.agents_url(), agent.state_dir(), agent.name(), None)
    }

    /// Waits until the server thinks that of the agent.
    ///
    /// # Errors
    /// When that does not happen; with what the agent said.
    pub async fn agent_is(&self, agent: &AgentProcess, state: &str) -> Result<()> {
        let (api, name) = (self.api(), agent.name());
        let so = async || Ok(api.agent_named(name).await?.is_some_and(|agent| agent.state == state));
        wait_until(&format!("{name} to be {state}"), so).await.with_context(|| agent.said().unwrap_or_default())
    }

    /// An agent that the test plays itself, idle.
    ///
    /// # Errors
    /// When it cannot join.
    pub async fn agent_by_hand(&mut self) -> Result<HandAgent> {
        self.agents += 1;
        let token = self.enrolment_token(&[]).await?;
        let agent = HandAgent::enrol(&self.api(), &format!("agent-{}", self.agents), Some(&token)).await?;
        agent.session().await?;
        Ok(agent)
    }

    /// The end of a story: lets the agents finish, stops the server, and makes sure that nothing of any job is left.
    ///
    /// # Errors
    /// When an agent does not end well, or something is left: says what.
    pub async fn end(mut self, agents: impl IntoIterator<Item = AgentProcess>) -> Result<()> {
        for mut agent in agents {
            agent.finish().await?;
        }
        self.stop().await;
        leftovers::none_below(self.dir.path()).await
    }
}
