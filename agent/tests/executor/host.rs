//! A host to run jobs on, and eyes to see what is left of them.
#![allow(clippy::unwrap_used, dead_code)]

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use kraken_agent::executor::{ExecutorError, Job, LocalExecutor, LocalSettings, Signal};
use kraken_protocol::tool::{Event, Finished, Reason, Step};
use serde_json::Value;

/// Longer than anything here takes on a loaded machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program under test.
pub(crate) fn kraken_tool() -> PathBuf {
    if let Some(path) = std::env::var_os("KRAKEN_TOOL") {
        return path.into();
    }
    let here = std::env::current_exe().unwrap();
    let sibling = here.parent().and_then(Path::parent).unwrap().join("kraken-tool");
    assert!(sibling.exists(), "{} is missing: run `cargo build -p kraken-tool` first, or set KRAKEN_TOOL", sibling.display());
    sibling
}

pub(crate) struct Host {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) executor: LocalExecutor,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut LocalSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = LocalSettings::new(kraken_tool(), folder.path().join("jobs"));
        // Most stories have somebody who ignores TERM.
        settings.grace = Duration::from_millis(100);
        change(&mut settings);
        Self { executor: LocalExecutor::new(settings).unwrap(), folder }
    }

    pub(crate) fn job(&self) -> Running {
        let job = self.executor.prepare().unwrap();
        let place = Place::of(job.workspace().path());
        Running { job, place, output: BytesMut::new(), events: Vec::new(), next_index: 0 }
    }
}

/// A job that a test drives.
pub(crate) struct Running {
    pub(crate) job: Job,
    pub(crate) place: Place,
    /// All output so far.
    pub(crate) output: BytesMut,
    pub(crate) events: Vec<Event>,
    next_index: u32,
}

pub(crate) fn step(tool: &str, fields: &Value) -> Step {
    Step { tool: tool.into(), fields: fields.as_object().unwrap().clone(), ..Step::default() }
}

impl Running {
    pub(crate) fn start(&mut self, mut step: Step) {
        step.index = self.next_index;
        self.next_index += 1;
        self.job.start_step(step);
    }

    pub(crate) async fn next(&mut self) -> Result<Signal, ExecutorError> {
        let signal = within(self.job.next(&mut self.output)).await?;
        match &signal {
            Signal::Event(event) => self.events.push(event.clone()),
            Signal::Garbled { problem } => panic!("garbled: {problem}"),
            _ => {}
        }
        Ok(signal)
    }

    pub(crate) async fn finished(&mut self) -> Finished {
        loop {
            match self.next().await.unwrap() {
                Signal::StepFinished { index, end } => {
                    assert_eq!(index + 1, self.next_index);
                    return end;
                }
                Signal::Ended { .. } => panic!("the job ended before the step"),
                _ => {}
            }
        }
    }

    pub(crate) async fn run(&mut self, step: Step) -> Finished {
        self.start(step);
        self.finished().await
    }

    /// Runs a shell command that must succeed.
    pub(crate) async fn sh(&mut self, cmd: &str) {
        let end = self.shell(serde_json::json!({ "cmd": cmd })).await;
        assert_eq!(end.reason, Reason::Ok, "{cmd}: {end:?}\n{}", self.text());
    }

    pub(crate) async fn shell(&mut self, fields: Value) -> Finished {
        self.run(step("shell", &fields)).await
    }

    /// Waits until the output holds this.
    pub(crate) async fn until_output(&mut self, text: &str) {
        while !self.text().contains(text) {
            assert!(matches!(self.next().await.unwrap(), Signal::Output | Signal::Event(_)), "no {text:?} in {:?}", self.text());
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }

    /// Ends the job and checks that nothing is left. Returns its output.
    pub(crate) async fn end(mut self) -> String {
        self.job.end();
        loop {
            if let Signal::Ended { survivors } = self.next().await.unwrap() {
                assert_eq!(survivors, [""; 0]);
                break;
            }
        }
        self.place.assert_no_process();
        let text = self.text();
        let Self { job, place, .. } = self;
        within(job.close()).await.unwrap();
        place.assert_nothing_left();
        text
    }
}

pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("this takes too long")
}

/// Waits for a condition that nobody signals.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < patience, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Where a job runs, for looking at it from outside.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) workspace: PathBuf,
    pub(crate) mark: String,
}

impl Place {
    pub(crate) fn of(workspace: &Path) -> Self {
        let mark = workspace.file_name().unwrap().to_str().unwrap().to_owned();
        Self { workspace: workspace.to_owned(), mark }
    }

    /// Command lines of the job's processes but its supervisor.
    pub(crate) fn processes(&self) -> Vec<String> {
        let marker = format!("KRAKEN_JOB_MARK={}", self.mark);
        let marked = all_processes().into_iter().filter(|process| process.environment.split('\0').any(|entry| entry == marker));
        marked.map(|process| process.arguments).filter(|arguments| !arguments.contains("\0supervise\0")).collect()
    }

    pub(crate) fn is_supervised(&self) -> bool {
        let marker = format!("KRAKEN_JOB_MARK={}", self.mark);
        all_processes().iter().any(|process| process.environment.split('\0').any(|entry| entry == marker))
    }

    pub(crate) fn assert_no_process(&self) {
        assert_eq!(self.processes(), [""; 0]);
        assert_eq!(processes_with(self.workspace.to_str().unwrap()), [""; 0]);
    }

    pub(crate) fn assert_nothing_left(&self) {
        self.assert_no_process();
        assert!(!self.is_supervised());
        assert!(!self.workspace.exists(), "{} is left", self.workspace.display());
        assert_eq!(self.cgroups(), Vec::<PathBuf>::new());
    }

    pub(crate) fn is_gone(&self) -> bool {
        !self.is_supervised() && !self.workspace.exists() && self.cgroups().is_empty()
    }

    pub(crate) fn cgroups(&self) -> Vec<PathBuf> {
        let name = format!("kraken-{}", self.mark);
        let mut found = Vec::new();
        let mut folders = vec![PathBuf::from("/sys/fs/cgroup/unified"), PathBuf::from("/sys/fs/cgroup")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.file_name() == *name {
                    found.push(entry.path());
                } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                }
            }
        }
        found
    }
}

/// Command lines (with NULs) of living processes that mention this.
pub(crate) fn processes_with(text: &str) -> Vec<String> {
    all_processes().into_iter().map(|process| process.arguments).filter(|arguments| arguments.contains(text)).collect()
}

struct Process {
    arguments: String,
    environment: String,
}

fn all_processes() -> Vec<Process> {
    let read = |path: PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    let folders = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    folders.map(|path| Process { arguments: read(path.join("cmdline")), environment: read(path.join("environ")) }).collect()
}

/// A word that no other process has among its arguments.
pub(crate) fn a_word() -> String {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    format!("word{}", hex::encode(bytes))
}
