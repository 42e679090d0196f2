//! The server, in this process.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context, Result};
use kraken_control::Clock;
use kraken_localstack::{Local, Options};
use tempfile::TempDir;

use crate::{AgentProcess, Api, wait_until};

/// A tick so long that none comes by itself: tests say when.
const NEVER: Duration = Duration::from_secs(24 * 3600);

/// The server with its directory. The clock goes like the system's and can be moved ahead.
#[derive(Debug)]
pub struct Home {
    dir: TempDir,
    clock: Clock,
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
        let dir = tempfile::Builder::new().prefix("kraken-test-").tempdir()?;
        let mut home =
            Self { dir, clock: Clock::shifted(), local: None, token: String::new(), agents: 0, listen: ([127, 0, 0, 1], 0).into() };
        home.local = Some(home.local().await?);
        home.token = home.running()?.admin_token().context("a new system makes an administrator's token")?.to_owned();
        home.listen = home.running()?.address();
        Ok(home)
    }

    async fn local(&self) -> Result<Local> {
        let mut options = Options::new(self.dir.path().join("data"), self.listen);
        options.clock = self.clock.clone();
        options.tick = NEVER;
        Ok(kraken_localstack::start(options).await?)
    }

    fn running(&self) -> Result<&Local> {
        self.local.as_ref().context("the server is stopped")
    }

    /// Stops the server gently. Agents go on.
    pub async fn stop(&mut self) {
        if let Some(local) = self.local.take() {
            local.stop().await;
        }
    }

    /// Starts the server again where it was.
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

    /// The server's parts.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn server(&self) -> Result<&Local> {
        self.running()
    }

    /// A directory for the test's own files, which goes with it.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Moves the server's clock ahead, and does what then is due.
    ///
    /// # Errors
    /// When the server is stopped or its engines fail.
    pub async fn pass(&self, time: Duration) -> Result<()> {
        self.clock.advance(time);
        self.running()?.tick().await?;
        Ok(())
    }

    /// Starts an agent, enrolled at once, and waits until it is idle.
    ///
    /// # Errors
    /// When it does not get so far.
    pub async fn agent(&mut self) -> Result<AgentProcess> {
        self.agents += 1;
        let name = format!("agent-{}", self.agents);
        let token = self.running()?.enrolment_token().await?;
        let agent = AgentProcess::start(self.api().url(), &self.dir.path().join(&name), &name, Some(&token))?;
        let api = self.api();
        wait_until(&format!("{name} to be idle"), async || {
            let agents: serde_json::Value = api.get("/api/agents").await?;
            let agents = agents["items"].as_array().cloned().unwrap_or_default();
            Ok(agents.iter().any(|agent| agent["name"] == name.as_str() && agent["state"] == "idle"))
        })
        .await
        .with_context(|| agent.said().unwrap_or_default())?;
        Ok(agent)
    }
}
