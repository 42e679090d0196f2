//! The agent beside the server: a child process that is started again when it dies.
//!
//! It is in a process group of its own, so that a Ctrl-C on the terminal reaches it only through us. Its standard input is a pipe that we hold
//! open: its enrolment token goes through it, and its end tells the agent that this process is gone, however it died. (A signal at our death
//! would come once for each of our threads, and each of an agent's signals means more than the one before.)

use std::{
    io,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use kraken_localstack::Local;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::process::{Child, ChildStdin, Command};

use super::{backoff::Backoff, stopping::Step};

/// The agent's exit code that says: starting again is of no use.
const NO_USE: i32 = 3;

/// The agent, running or between two lives.
pub(super) struct Agent {
    program: PathBuf,
    state_dir: PathBuf,
    url: String,
    life: Life,
    /// It was told to stop, and is not started again.
    told: bool,
    backoff: Backoff,
}

enum Life {
    Running { child: Box<Child>, since: Instant, _tie: Option<ChildStdin> },
    Waiting { until: Instant },
    Over,
}

/// Why it ended for good.
pub(super) struct Ended(String);

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Agent {
    /// Not yet started.
    pub(super) fn new(program: PathBuf, state_dir: PathBuf, url: &str) -> Self {
        let life = Life::Waiting { until: Instant::now() };
        Self { program, state_dir, url: url.to_owned(), life, told: false, backoff: Backoff::default() }
    }

    /// Starts it, and again whenever it dies. Returns when it ended for good: told to stop, or no longer welcome.
    ///
    /// May be dropped and called again at any time.
    pub(super) async fn keep_running(&mut self, local: &Local) -> Ended {
        loop {
            match &mut self.life {
                Life::Over => return Ended("the agent has ended".to_owned()),
                Life::Waiting { until } => {
                    tokio::time::sleep_until((*until).into()).await;
                    let token = if self.is_enrolled() { Ok(None) } else { local.enrolment_token().await.map(Some) };
                    // From here to the end of the arm nothing waits: a child that was started is never forgotten.
                    let started = token.map_err(io::Error::other).and_then(|token| self.start(token));
                    self.life = match started {
                        Ok((child, tie)) => Life::Running { child: Box::new(child), since: Instant::now(), _tie: tie },
                        Err(error) => self.rest(&format!("cannot start {}: {error}", self.program.display()), Duration::ZERO),
                    };
                }
                Life::Running { child, since, .. } => {
                    let (ended, ran) = (child.wait().await, since.elapsed());
                    let status = match ended {
                        Ok(status) => status,
                        Err(error) => return Ended(format!("the agent is out of sight: {error}")),
                    };
                    if self.told {
                        self.life = Life::Over;
                        continue;
                    }
                    if status.code() == Some(NO_USE) {
                        self.life = Life::Over;
                        return Ended(format!("the agent was turned away; to let it join anew, remove {}", self.identity().display()));
                    }
                    self.life = self.rest(&format!("the agent ended: {status}"), ran);
                }
            }
        }
    }

    /// Passes a wish to stop on; it is not started again. `false` if nothing of it runs.
    pub(super) fn stop(&mut self, step: Step) -> bool {
        self.told = true;
        let Life::Running { child, .. } = &mut self.life else {
            self.life = Life::Over;
            return false;
        };
        let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) else { return false };
        let signal = if step == Step::Kill { Signal::SIGKILL } else { Signal::SIGTERM };
        // Gone already is as good.
        let _ = kill(Pid::from_raw(pid), signal);
        true
    }

    fn rest(&mut self, why: &str, ran: Duration) -> Life {
        let wait = self.backoff.died(ran);
        tracing::warn!(wait_s = wait.as_secs(), "{why}; starting it again");
        Life::Waiting { until: Instant::now() + wait }
    }

    fn is_enrolled(&self) -> bool {
        self.identity().exists()
    }

    fn identity(&self) -> PathBuf {
        self.state_dir.join("agent.json")
    }

    fn start(&self, token: Option<String>) -> io::Result<(Child, Option<ChildStdin>)> {
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--server").arg(&self.url).arg("--state-dir").arg(&self.state_dir).arg("--tied-to-input");
        if token.is_some() {
            command.args(["--enrolment-token-file", "-"]);
        }
        // What concerns this process alone: its rights, and its service manager.
        for name in ["KRAKEN_TOKEN", "KRAKEN_SERVER", "KRAKEN_ENROLMENT_TOKEN", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let mut child = command.spawn()?;
        let pipe = child.stdin.take();
        if let (Some(token), Some(pipe)) = (token, &pipe) {
            // A token is far smaller than a pipe's room, so nobody waits; if the agent died at once, its exit tells.
            let _ = nix::unistd::write(pipe, format!("{token}\n").as_bytes());
        }
        Ok((child, pipe))
    }
}
