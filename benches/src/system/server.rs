//! The server: `kraken up` without an agent.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::unistd::Pid;

use super::{Setup, log_file, process::Process};

/// A server that is not ready by then will not be.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks whether it is ready.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// A running server, always at the same address.
#[derive(Debug)]
pub(crate) struct Server {
    program: PathBuf,
    folder: PathBuf,
    log: &'static str,
    address: SocketAddr,
    url: String,
    process: Process,
}

impl Server {
    /// Starts one whose data is below `folder`, and waits until it is ready.
    pub(crate) fn start(setup: &Setup, folder: &Path) -> Result<Self> {
        // The server is told the port, so that it has the same one after a restart.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let program = setup.program("kraken");
        let process = spawn(&program, folder, setup.log, address)?;
        let mut server = Self { program, folder: folder.to_owned(), log: setup.log, address, url: format!("http://{address}"), process };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Starts it again after it has ended. It need not be ready yet.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        self.process = spawn(&self.program, &self.folder, self.log, self.address)?;
        Ok(())
    }

    /// Waits until it says that it is well; gives how long that took.
    pub(crate) fn wait_until_ready(&mut self) -> Result<Duration> {
        let began = Instant::now();
        while !is_well(self.address) {
            if self.process.has_ended() || began.elapsed() > READY_WITHIN {
                bail!("the server does not start: see {}", self.folder.join("server.log").display());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(began.elapsed())
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The administrator's token.
    pub(crate) fn token(&self) -> Result<String> {
        let path = self.folder.join("data/admin-token");
        let token = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(token.trim().to_owned())
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    pub(crate) fn stop(&mut self) -> Result<()> {
        self.process.stop()
    }
}

fn spawn(program: &Path, folder: &Path, log: &str, address: SocketAddr) -> Result<Process> {
    let said = log_file(folder, "server.log")?;
    let mut command = Command::new(program);
    command.args(["up", "--no-agent", "--json", "--listen", &address.to_string()]).arg("--data-dir").arg(folder.join("data"));
    // What the command line remembers of its servers is its user's.
    command.env("KRAKEN_CONFIG", folder.join("config.json")).env("KRAKEN_LOG", log);
    command.env_remove("KRAKEN_DATA_DIR").env_remove("NOTIFY_SOCKET");
    Process::spawn(command.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said))
}

fn is_well(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: kraken\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
