//! Ten thousand jobs from one stage: all are made, listed, run and cancelled, and none is lost or there twice.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result};
use kraken_domain::{JobId, job::Outcome};
use kraken_harness::{Home, eventually_within};
use kraken_protocol::api::{JobView, Page, RunView};
use serde_json::{Value, json};

const JOBS: usize = 10_000;
/// What is waited for at the longest: most of it is the time that a debug build takes to plan and write them.
const PATIENCE: Duration = Duration::from_secs(240);
/// Jobs that run before somebody has seen enough.
const RUN: usize = 20;

/// The jobs of a run, as many a page as there may be.
async fn listed(api: &kraken_harness::Api, run: &RunView) -> Result<Vec<JobView>> {
    let (mut jobs, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<JobView> = api.get(&format!("/api/runs/{}/jobs?limit=1000{cursor}", run.id)).await?;
        jobs.extend(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(jobs),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_jobs_of_one_stage_are_made_listed_run_and_cancelled() -> Result<()> {
    let stage = format!(
        "def stage(ctx):
    jobs = []
    for n in range({JOBS}):
        jobs.append({{
            'name': 'job %d' % n,
            'steps': [{{'tool': 'shell', 'cmd': 'true'}}],
            'environments': [{{'system': 'any', 'agents_group': 'all'}}],
        }})
    return {{'parent': 'root', 'jobs': jobs}}
"
    );
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.start(&branch).await?;
    let run = api.runs(&flow).await?.into_iter().next().context("the flow has a run")?;
    let run = eventually_within(PATIENCE, "ten thousand jobs to be made", async || {
        let run: RunView = api.get(&format!("/api/runs/{}", run.id)).await?;
        Ok((run.state == "in_progress").then_some(run))
    })
    .await?;
    assert_eq!(usize::try_from(run.jobs.total)?, JOBS);
    let jobs = listed(&api, &run).await?;
    let ids: BTreeSet<JobId> = jobs.iter().map(|job| job.id).collect();
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!((jobs.len(), ids.len(), names.len()), (JOBS, JOBS, JOBS));

    let mut order = agent.take().await?;
    let mut ran = BTreeSet::from([order.job]);
    while ran.len() < RUN {
        order = agent.finish_for_more(&order, Outcome::Ok).await?.context("there is more to do")?;
        ran.insert(order.job);
    }
    assert_eq!(ran, ids.iter().take(RUN).copied().collect(), "in the order in which they were made, each once");
    agent.finish(&order, Outcome::Ok).await?;

    api.post::<Value>(&format!("/api/runs/{}/cancel", run.id), &json!({})).await?;
    let over = eventually_within(PATIENCE, "ten thousand jobs to be over", async || {
        let run: RunView = api.get(&format!("/api/runs/{}", run.id)).await?;
        Ok((run.state == "processed").then_some(run))
    })
    .await?;
    let outcomes = listed(&api, &over).await?;
    let count = |wanted| outcomes.iter().filter(|job| job.outcome == Some(wanted)).count();
    let (ok, cancelled) = (count(Outcome::Ok), count(Outcome::Cancelled));
    // One may have been promised to the agent before it was cancelled, and is over all the same.
    assert_eq!((ok, cancelled, outcomes.len()), (RUN, JOBS - RUN, JOBS));
    assert_eq!(usize::try_from(over.jobs.completed)?, JOBS);
    assert_eq!(usize::try_from(over.jobs.error)?, JOBS - RUN);
    assert_eq!(api.completed(&flow).await?.state, "completed");
    home.end([]).await
}
