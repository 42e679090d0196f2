//! The server as the real program, in a process of its own: to kill it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{Api, eventually, program, wait_until};

/// `kraken up`, usually without an agent of its own. Ends with the test.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    home: PathBuf,
    listen: SocketAddr,
    with_agent: bool,
}

impl ServerProcess {
    /// Starts a server that keeps everything below `home`, on a free port.
    ///
    /// # Errors
    /// When the program is missing or does not start to answer.
    pub async fn start(home: &Path) -> Result<Self> {
        Self::starting(home, false).await
    }

    /// The same with an agent of its own, which it looks after.
    ///
    /// # Errors
    /// As [`ServerProcess::start`].
    pub async fn with_agent(home: &Path) -> Result<Self> {
        Self::starting(home, true).await
    }

    async fn starting(home: &Path, with_agent: bool) -> Result<Self> {
        let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let server = Self { child: launch(home, free, with_agent)?, home: home.to_owned(), listen: free, with_agent };
        server.answers().await?;
        Ok(server)
    }

    /// Ends it gently, its agent first.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> Result<()> {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(self.child.id().try_into()?), nix::sys::signal::Signal::SIGTERM)?;
        eventually("the server to end", async || Ok(self.child.try_wait()?)).await.map(drop)
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again where it was, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn again(&mut self) -> Result<()> {
        self.child = launch(&self.home, self.listen, self.with_agent)?;
        self.answers().await
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it keeps everything.
    pub fn data_dir(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// A client with the administrator's token.
    ///
    /// # Errors
    /// When the token is not where it is kept.
    pub fn api(&self) -> Result<Api> {
        let token = std::fs::read_to_string(self.data_dir().join("admin-token")).context("the first start keeps its token")?;
        Ok(Api::new(&self.url(), Some(token.trim())))
    }

    /// What it said.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn said(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.home.join("server.log"))?)
    }

    async fn answers(&self) -> Result<()> {
        let api = Api::new(&self.url(), None);
        let healthy = async || Ok(api.get::<serde_json::Value>("/api/health").await.is_ok());
        wait_until("the server to answer", healthy).await.with_context(|| self.said().unwrap_or_default())
    }
}

/// The program with its own folder instead of the user's.
pub(crate) fn launch(home: &Path, listen: SocketAddr, with_agent: bool) -> Result<Child> {
    std::fs::create_dir_all(home)?;
    let log = std::fs::OpenOptions::new().create(true).append(true).open(home.join("server.log"))?;
    let mut command = Command::new(program("kraken")?);
    command.args(["up", "--listen", &listen.to_string()]).arg("--data-dir").arg(home.join("data"));
    if !with_agent {
        command.arg("--no-agent");
    }
    command.env("HOME", home).env("XDG_CONFIG_HOME", home.join("config")).env_remove("KRAKEN_SERVER").env_remove("KRAKEN_TOKEN");
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().context("the server does not start")
}

impl ServerProcess {
    /// Starts a second program on the same directory and port, waits until it ends, and gives its exit code.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn second(&self, listen: SocketAddr) -> Result<Option<i32>> {
        let mut second = launch(&self.home, listen, false)?;
        let ended = eventually("the second server to end", async || Ok(second.try_wait()?)).await;
        let _ended_already = second.kill();
        Ok(ended?.code())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
