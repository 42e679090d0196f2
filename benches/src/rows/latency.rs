//! One job at a time on an idle system: how soon its first command runs, how soon its result can be seen.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_protocol::api::{FlowView, LogLines};

use crate::{
    client::ask_until,
    figures::Figure,
    moment::Moment,
    stages::{SAY_WHEN, Work, stage},
    statistics::Samples,
    system::{Setup, System},
};

const SAMPLES: usize = 200;
/// Jobs that are not counted: caches fill, connections open.
const WARM_UP: usize = 5;
/// What makes the system idle between two jobs: it has tidied up and nothing is asked of it. Varied, so that nothing keeps in step.
const IDLE_MS: u64 = 100;
const IDLE_VARIED_MS: u64 = 50;

/// Milliseconds from the trigger call to what followed from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) called: Moment,
    pub(crate) commanded: Moment,
    /// When its flow was seen to be completed.
    pub(crate) completed: Moment,
    pub(crate) to_command_ms: f64,
    to_answer_ms: f64,
    to_job_ms: f64,
    to_flow_ms: f64,
}

/// A branch whose only job says when it began.
pub(crate) async fn idle_branch(system: &System) -> Result<String> {
    system.api.branch("bench", &stage(&[Work::new("job", SAY_WHEN)])).await
}

/// A job from call to result, on a system that was idle. The result is looked for every `pause`, after `quiet`.
pub(crate) async fn trigger(system: &System, branch: &str, turn: usize, quiet: Duration, pause: Duration) -> Result<Sample> {
    system.wait_until_idle().await?;
    let idle = IDLE_MS + (turn as u64 * 37) % IDLE_VARIED_MS;
    tokio::time::sleep(Duration::from_millis(idle)).await;

    let called = Moment::now();
    let flow = system.api.start(branch).await?;
    let answered = Moment::now();
    tokio::time::sleep(quiet).await;
    let (mut job_seen, path) = (None, format!("/api/flows/{}", flow.id));
    let (seen, flow) = ask_until("a flow to complete", pause, async || {
        let flow: FlowView = system.api.get(&path).await?;
        let now = Moment::now();
        if flow.runs.iter().flatten().all(|run| run.jobs.completed > 0) {
            job_seen.get_or_insert(now);
        }
        Ok((flow.state == "completed").then_some((now, flow)))
    })
    .await?;
    ensure!(flow.runs.iter().flatten().all(|run| run.jobs.error == 0), "the job of flow {} failed", flow.id);

    let job = system.api.jobs(&flow).await?.first().context("the flow has a job")?.id;
    let log: LogLines = system.api.get(&format!("/api/jobs/{job}/log")).await?;
    let said = log.lines.first().with_context(|| format!("the log of job {job} is empty"))?;
    let commanded = Moment::of_shell(&said.text)?;
    Ok(Sample {
        called,
        commanded,
        completed: seen,
        to_command_ms: commanded.ms_since(called),
        to_answer_ms: answered.ms_since(called),
        to_job_ms: job_seen.unwrap_or(seen).ms_since(called),
        to_flow_ms: seen.ms_since(called),
    })
}

async fn sampled(setup: &Setup, name: &str, quiet: Duration, pause: Duration) -> Result<Vec<Sample>> {
    let system = System::start(setup, name, 1).await?;
    let branch = idle_branch(&system).await?;
    for turn in 0..WARM_UP {
        trigger(&system, &branch, turn, quiet, pause).await?;
    }
    let mut samples = Vec::new();
    for turn in 0..setup.samples(SAMPLES) {
        samples.push(trigger(&system, &branch, turn, quiet, pause).await?);
    }
    Ok(samples)
}

fn of(samples: &[Sample], what: impl Fn(&Sample) -> f64) -> Samples {
    samples.iter().map(what).collect()
}

pub(super) async fn to_command(setup: &Setup) -> Result<Vec<Figure>> {
    // Nobody asks for anything until the job has long begun.
    let samples = sampled(setup, "row-1", Duration::from_millis(40), Duration::from_millis(10)).await?;
    let (command, answer) = (of(&samples, |sample| sample.to_command_ms), of(&samples, |sample| sample.to_answer_ms));
    Ok(vec![
        Figure::new("p50", command.median(), "ms").at_most(12.0),
        Figure::new("p95", command.percentile(95.0), "ms").at_most(25.0),
        Figure::new("the call itself is answered, p50", answer.median(), "ms"),
    ])
}

pub(super) async fn to_result(setup: &Setup) -> Result<Vec<Figure>> {
    let samples = sampled(setup, "row-2", Duration::ZERO, Duration::from_millis(1)).await?;
    let (job, flow) = (of(&samples, |sample| sample.to_job_ms), of(&samples, |sample| sample.to_flow_ms));
    Ok(vec![
        Figure::new("p50", job.median(), "ms").at_most(20.0),
        Figure::new("p95", job.percentile(95.0), "ms").at_most(40.0),
        Figure::new("its flow completed too, p50", flow.median(), "ms"),
        Figure::new("its flow completed too, p95", flow.percentile(95.0), "ms"),
    ])
}
