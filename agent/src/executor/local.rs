//! The bare host: a job is a process tree below a supervisor, in a folder of its own.

mod environment;
mod sweeper;

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kraken_protocol::tool::MARK_VAR;
use kraken_protocol::tool::supervisor::{Command, Prepare};

pub use self::environment::host_environment;
pub(super) use self::sweeper::Sweeper;
use super::link::{Link, Streams};
use super::workspace::Workspace;
use super::{ExecutorError, Job};

/// How to run jobs on this host.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// The `kraken-tool` program.
    pub tool: PathBuf,
    /// Where jobs get their folders: this agent's own, on a file system with room. Made when it is missing.
    pub folder: PathBuf,
    /// What jobs see of the agent's environment; see [`host_environment`].
    pub environment: Vec<(OsString, OsString)>,
    /// Bytes on disk that one job's folder may take.
    pub workspace_max_bytes: Option<u64>,
    /// Leave the folders, for looking at them.
    pub keep_workspaces: bool,
    /// Between TERM and KILL.
    pub grace: Duration,
    /// What a supervisor gets beyond the grace to end everything, before it is taken for dead. More than KILL can take.
    pub patience: Duration,
}

impl LocalSettings {
    /// The usual: the agent's environment without what concerns the agent alone, a second of grace, no limit.
    pub fn new(tool: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            tool: tool.into(),
            folder: folder.into(),
            environment: host_environment(),
            workspace_max_bytes: None,
            keep_workspaces: false,
            grace: Duration::from_secs(1),
            patience: Duration::from_secs(20),
        }
    }
}

/// Runs jobs on the bare host.
#[derive(Debug)]
pub struct LocalExecutor {
    settings: LocalSettings,
    /// A supervisor that waits for a job, so that a job doesn't wait for a supervisor.
    spare: Mutex<Option<(Link, Workspace)>>,
}

impl LocalExecutor {
    /// Makes the folder for workspaces.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(mut settings: LocalSettings) -> Result<Self, ExecutorError> {
        let made = DirBuilder::new().recursive(true).mode(0o755).create(&settings.folder).and_then(|()| settings.folder.canonicalize());
        settings.folder = made.map_err(|source| ExecutorError::Folder { path: settings.folder.clone(), source })?;
        Ok(Self { settings, spare: Mutex::new(None) })
    }

    /// Starts a supervisor ahead of the next job, unless one waits already. Saves that job some milliseconds; without it, or when it fails,
    /// the job's own start does the same and says what is wrong.
    pub fn warm_up(&self) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.as_mut().is_none_or(|(link, _)| link.is_over()) {
            *spare = self.start().ok();
        }
    }

    /// Makes a place for one job. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The folder cannot be made or the supervisor not be started; says which, and why.
    pub fn prepare(&self) -> Result<Job, ExecutorError> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (link, workspace) = match spare {
            Some((mut link, workspace)) => {
                if link.is_over() {
                    // Somebody killed it while it waited.
                    tokio::spawn(async move {
                        let error = link.lost(None).await;
                        tracing::warn!(%error, "a spare supervisor was lost");
                    });
                    self.start()?
                } else {
                    (link, workspace)
                }
            }
            None => self.start()?,
        };
        Ok(Job::new(link, workspace, self.settings.grace, self.settings.patience))
    }

    /// Ends and removes what earlier agents with this folder left: only where agent and supervisor were both killed, or the power went.
    /// Call it before the first job; two agents must not share the folder.
    ///
    /// # Errors
    /// Something could not be ended or removed; a person has to look.
    pub async fn sweep(&self) -> Result<(), ExecutorError> {
        let wrong = |source| ExecutorError::Folder { path: self.settings.folder.clone(), source };
        let mut problems = Vec::new();
        for entry in std::fs::read_dir(&self.settings.folder).map_err(wrong)? {
            let name = entry.map_err(wrong)?.file_name();
            if let Some(mark) = name.to_str().filter(|name| is_mark(name)) {
                problems.extend(self.sweeper(mark.to_owned()).sweep().await.err().into_iter().flatten());
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ExecutorError::LeftBehind { problems }) }
    }

    fn sweeper(&self, mark: String) -> Sweeper {
        let workspace = (!self.settings.keep_workspaces).then(|| self.settings.folder.join(&mark));
        Sweeper::new(self.settings.tool.clone(), mark, workspace)
    }

    fn start(&self) -> Result<(Link, Workspace), ExecutorError> {
        let mark = new_mark();
        let path = self.settings.folder.join(&mark);
        let of_path = |source| ExecutorError::Folder { path: path.clone(), source };
        DirBuilder::new().mode(0o755).create(&path).map_err(of_path)?;
        let workspace = Workspace::new(path.clone()).map_err(of_path)?;
        let prepare = Command::Prepare(Prepare {
            workspace: workspace.path_inside().to_owned(),
            remove_workspace: !self.settings.keep_workspaces,
            workspace_max_bytes: self.settings.workspace_max_bytes,
            cgroup: true,
            grace_ms: u64::try_from(self.settings.grace.as_millis()).unwrap_or(u64::MAX),
        });
        let started = self.spawn(&mark, &prepare).inspect_err(|_| {
            let _empty = std::fs::remove_dir(&path);
        });
        let link = started.map_err(|source| ExecutorError::Tool { path: self.settings.tool.clone(), source })?;
        Ok((link, workspace))
    }

    fn spawn(&self, mark: &str, prepare: &Command) -> io::Result<Link> {
        let (streams, ends) = Streams::new(prepare)?;
        let supervisor = tokio::process::Command::new(&self.settings.tool)
            .arg("supervise")
            .env_clear()
            .envs(self.settings.environment.iter().map(|(name, value)| (name, value)))
            .env(MARK_VAR, mark)
            .stdin(Stdio::from(ends.commands))
            .stdout(Stdio::from(ends.output))
            .stderr(Stdio::from(ends.reports))
            .spawn()?;
        Ok(Link::new(streams, supervisor, self.sweeper(mark.to_owned())))
    }
}

/// Names one place: at random, so that a mark found on a process belongs to that place and no other.
fn new_mark() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    hex::encode(bytes)
}

fn is_mark(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
