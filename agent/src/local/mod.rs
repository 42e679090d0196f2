//! A job on this host without any server: the same decisions, the same executor, the same tools; the log goes to a [`Printer`] and
//! artifacts to a folder.

mod terminal;

use std::{path::PathBuf, sync::Arc, time::Duration};

use kraken_domain::{
    job::{Outcome, Verdict},
    place,
    step::Step,
};
use kraken_protocol::agent::JobOrder;
use tokio::{sync::watch, time::Instant};

pub use terminal::Printer;
use terminal::Terminal;

use crate::{
    artifacts::FolderStore,
    data::DataHere,
    executor::{Executor, ExecutorError, JobPlace, LocalExecutor, LocalSettings},
    log::{LogHandle, Sink},
    signals::Wish,
    work::{Cause, Drive, Life, Script},
};

/// Where a job without a server runs.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// The `kraken-tool` program.
    pub tool: PathBuf,
    /// Where the job gets its folder.
    pub work_dir: PathBuf,
    /// Where its artifacts go, and come from.
    pub artifacts: PathBuf,
    /// User data, for all jobs of a run.
    pub data: DataHere,
    /// Leave the job's folder, for looking at it.
    pub keep_workspace: bool,
}

/// How a job without a server went.
#[derive(Clone, Debug)]
pub struct LocalResult {
    /// In all.
    pub verdict: Verdict,
    /// Step by step.
    pub steps: Vec<Step>,
}

/// Runs one job to its end. [`Wish::Cancel`] stops it; nothing of it is running any more when this returns.
///
/// # Errors
/// The executor cannot be set up.
pub async fn run_locally(
    order: &JobOrder,
    options: &LocalOptions,
    printer: impl Printer,
    mut wishes: watch::Receiver<Wish>,
) -> Result<LocalResult, ExecutorError> {
    let mut settings = LocalSettings::new(&options.tool, &options.work_dir);
    settings.keep_workspaces = options.keep_workspace;
    let executor = Executor::Local(LocalExecutor::new(settings)?);
    if order.executor != place::Executor::Local {
        let why = format!("a job of the executor {} cannot run without a server: only local ones can", order.executor);
        return Ok(LocalResult { verdict: Verdict::because(Outcome::ExecutorError, why), steps: Vec::new() });
    }
    let script = Script::new(order);
    let (log, log_thread) =
        LogHandle::start(script.redactor().fresh(), move || -> std::io::Result<Box<dyn Sink>> { Ok(Box::new(Terminal::new(printer))) });
    let (stop, stopping) = watch::channel(None);
    let (progress, _) = watch::channel(Vec::new());
    let secrets = script.redactor().fresh();
    let mut life = Life::new(script, order.timeout_s);
    let drive = Drive {
        executor: &executor,
        place: JobPlace { system: order.system.clone() },
        log,
        log_thread: &log_thread,
        artifacts: Arc::new(FolderStore::new(&options.artifacts)),
        data: Arc::new(options.data.clone()),
        secrets,
        until: Instant::now() + Duration::from_secs(u64::from(order.timeout_s)),
        stop: stopping,
        progress: &progress,
        // No server has filled in what earlier jobs kept.
        learnt: options.data.learnt(),
    };
    let heeding = async {
        if wishes.wait_for(|wish| *wish >= Wish::Cancel).await.is_ok() {
            stop.send_replace(Some(Cause::Cancelled));
        }
        std::future::pending::<()>().await;
    };
    let rest = tokio::select! {
        rest = drive.run(&mut life) => rest,
        () = heeding => None,
    };
    let mut verdict = life.verdict();
    if let Err(error) = log_thread.end().await {
        verdict = Verdict::because(Outcome::ExecutorError, error.to_string());
    }
    if let Some(job) = rest {
        job.close().await?;
    }
    Ok(LocalResult { verdict, steps: life.steps() })
}
