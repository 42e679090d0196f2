//! Agents to test: in this process, or as a process of their own.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use kraken_agent::{
    agent::{AgentError, Settings, run},
    identity::EnrolmentToken,
    signals::Wish,
};
use tokio::{sync::watch, task::JoinHandle};

use crate::far::{ENROLMENT, Far};

/// The `kraken-tool` of this build, made when it is missing or old, or the one that `KRAKEN_TOOL` names.
pub fn tool() -> PathBuf {
    static TOOL: OnceLock<PathBuf> = OnceLock::new();
    let made = TOOL.get_or_init(|| {
        if let Some(named) = std::env::var_os("KRAKEN_TOOL") {
            return named.into();
        }
        let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "kraken-tool"]).status().unwrap();
        assert!(built.success());
        std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("kraken-tool")
    });
    made.clone()
}

/// An agent in this process.
pub struct Agent {
    pub wishes: watch::Sender<Wish>,
    pub running: JoinHandle<Result<(), AgentError>>,
}

pub fn settings(far: &Far) -> Settings {
    Settings {
        server: far.address.clone(),
        state_dir: far.path("state"),
        work_dir: None,
        tool: Some(tool()),
        name: Some("tested".into()),
        labels: BTreeMap::new(),
        enrolment: EnrolmentToken::new(ENROLMENT),
        once: false,
        workspace_max_bytes: None,
        own_log: kraken_agent::own_log::OwnLog::default(),
    }
}

impl Agent {
    pub fn start(far: &Far) -> Self {
        Self::with(settings(far))
    }

    pub fn with(settings: Settings) -> Self {
        if let Ok(filter) = std::env::var("KRAKEN_LOG") {
            let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        }
        let (wishes, heard) = watch::channel(Wish::Work);
        Self { wishes, running: tokio::spawn(run(settings, heard)) }
    }

    /// Asks it to finish and waits until it has.
    pub async fn end(self) -> Result<(), AgentError> {
        self.wishes.send_replace(Wish::Finish);
        self.running.await.unwrap()
    }
}

/// An agent as a process. Killed when dropped.
pub struct Process(pub Child);

impl Process {
    pub fn start(far: &Far, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_kraken-agent"))
            .arg("run")
            .arg("--state-dir")
            .arg(far.path("state"))
            .arg("--tool")
            .arg(tool())
            .args(arguments)
            .env("KRAKEN_SERVER", &far.address)
            .env("KRAKEN_ENROLMENT_TOKEN", ENROLMENT)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    pub fn signal(&self, signal: nix::sys::signal::Signal) {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).unwrap());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
