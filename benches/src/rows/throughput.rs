//! Many jobs that do nothing: what giving them out and taking them in costs.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use kraken_protocol::api::{FlowView, Page};

use crate::{
    client::ask_until,
    figures::Figure,
    stages::{Work, stage},
    statistics::Samples,
    system::{Setup, System},
};

const JOBS: usize = 200;
const ROUNDS: usize = 5;
/// Between two looks whether all are over: a hundredth of what is measured.
const LOOK_EVERY: Duration = Duration::from_millis(15);
/// Trigger calls under way at the same time, where every job has a flow of its own.
const CALLS_AT_ONCE: usize = 8;

pub(super) async fn measure(setup: &Setup, agents: usize, target: f64) -> Result<Vec<Figure>> {
    let system = System::start(setup, &format!("agents-{agents}"), agents).await?;
    let many: Vec<Work> = (1..=JOBS).map(|number| Work::new(format!("job {number}"), ":")).collect();
    let one_flow = system.api.branch("one-flow", &stage(&many)).await?;
    let many_flows = system.api.branch("many-flows", &stage(&[Work::new("job", ":")])).await?;
    let (mut together, mut apart) = (Samples::default(), Samples::default());
    for _ in 0..setup.samples(ROUNDS) {
        system.wait_until_idle().await?;
        together.push(per_minute(as_one_flow(&system, &one_flow).await?));
        system.wait_until_idle().await?;
        apart.push(per_minute(as_many_flows(&system, &many_flows).await?));
    }
    Ok(vec![
        Figure::new("as jobs of one flow", together.median(), "jobs/min").at_least(target),
        Figure::new("each in a flow of its own", apart.median(), "jobs/min"),
    ])
}

fn per_minute(took: Duration) -> f64 {
    JOBS as f64 / took.as_secs_f64() * 60.0
}

/// From the trigger call until the flow is shown as completed.
async fn as_one_flow(system: &System, branch: &str) -> Result<Duration> {
    let began = Instant::now();
    let flow = system.api.start(branch).await?;
    let flow = ask_until("200 jobs to complete", LOOK_EVERY, async || {
        let flow = system.api.flow(&flow).await?;
        Ok((flow.state == "completed").then_some(flow))
    })
    .await?;
    let took = began.elapsed();
    let ok: i64 = flow.runs.iter().flatten().map(|run| run.jobs.completed - run.jobs.error).sum();
    ensure!(ok == JOBS as i64, "{ok} of {JOBS} jobs went well");
    Ok(took)
}

/// From the first of many trigger calls until all their flows are shown as completed.
async fn as_many_flows(system: &System, branch: &str) -> Result<Duration> {
    let began = Instant::now();
    let calls = stream::iter(0..JOBS).map(|_| system.api.start(branch)).buffer_unordered(CALLS_AT_ONCE);
    let flows: Vec<FlowView> = calls.try_collect().await?;
    let path = format!("/api/branches/{branch}/flows?limit={JOBS}");
    ask_until("200 flows to complete", LOOK_EVERY, async || {
        let page: Page<FlowView> = system.api.get(&path).await?;
        Ok(page.items.iter().all(|flow| flow.state == "completed").then_some(()))
    })
    .await?;
    let took = began.elapsed();
    for flow in &flows {
        let flow = system.api.flow(flow).await?;
        ensure!(flow.runs.iter().flatten().all(|run| run.jobs.completed == 1 && run.jobs.error == 0), "flow {} failed", flow.id);
    }
    Ok(took)
}
