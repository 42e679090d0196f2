//! Cancelling, at every moment of a job.

use std::time::Duration;

use anyhow::Result;
use kraken_domain::{job::Outcome, run::RunResult, step::StepStatus};
use kraken_harness::{Api, Home, Sleeper, child, code, ended, refusal, shell, stage, wait_until};
use kraken_protocol::api::Rerun;
use serde_json::{Value, json};

async fn cancel(api: &Api, what: &str, id: impl std::fmt::Display) -> Result<()> {
    api.post::<Value>(&format!("/api/{what}/{id}/cancel"), &json!({})).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_is_over_at_once() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job(&flow).await?;
    cancel(&api, "jobs", job.id).await?;
    ended(&api.job(job.id).await?, Outcome::Cancelled)?;
    let runs = api.runs(&api.completed(&flow).await?).await?;
    assert_eq!(runs.len(), 1, "no child of a cancelled job");
    // Once more changes nothing.
    cancel(&api, "jobs", job.id).await?;
    cancel(&api, "runs", runs[0].id).await?;
    cancel(&api, "flows", flow.id).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promised_job_is_over_before_its_agent_claims_it() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    agent.is_promised().await?;
    let job = api.only_job_in(&flow, "assigned").await?;
    cancel(&api, "jobs", job.id).await?;
    ended(&api.job(job.id).await?, Outcome::Cancelled)?;
    assert!(agent.claim().await?.is_none(), "the promise was taken back");
    // The agent is free for the next.
    let next = api.start(&branch).await?;
    let order = agent.take().await?;
    agent.finish(&order, Outcome::Ok).await?;
    api.completed(&next).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_stopped_with_all_that_it_started() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let sleep = sleeper.command();
    let steps = [
        json!({"tool": "shell", "cmd": sleep, "background": true}),
        json!({"tool": "shell", "cmd": format!("(setsid sh -c \"trap '' TERM; {sleep}; true\" &); trap '' TERM; echo began; {sleep}; true")}),
        json!({"tool": "shell", "cmd": "echo never", "when": "always"}),
    ];
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job_in(&flow, "running").await?;
    api.says(&job, "began").await?;
    sleeper.runs(3).await?;

    cancel(&api, "jobs", job.id).await?;
    assert!(api.job(job.id).await?.stopping || api.job(job.id).await?.state == "completed");
    let job = api.only_job(&api.completed(&flow).await?).await?;

    ended(&job, Outcome::Cancelled)?;
    assert_eq!(sleeper.running(), []);
    let steps = job.steps.clone().unwrap();
    assert_eq!(steps.iter().map(|step| step.status).collect::<Vec<_>>(), [StepStatus::Done, StepStatus::Error, StepStatus::Skipped]);
    assert!(!api.log(&job).await?.contains(&"never".to_owned()));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_while_it_finishes_ends_as_it_did_when_it_was_ok() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    for (said, outcome) in [(Outcome::Ok, Outcome::Ok), (Outcome::StepError, Outcome::Cancelled), (Outcome::Cancelled, Outcome::Cancelled)]
    {
        let flow = api.start(&branch).await?;
        let order = agent.take().await?;
        cancel(&api, "jobs", order.job).await?;
        assert!(agent.beat(Some(&order)).await?.stop, "the agent is told");
        agent.finish(&order, said).await?;
        // Told twice, it is the same as once.
        agent.finish(&order, said).await?;
        ended(&api.only_job(&api.completed(&flow).await?).await?, outcome)?;
        cancel(&api, "jobs", order.job).await?;
        ended(&api.job(order.job).await?, outcome)?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_whose_agent_is_lost_is_not_repeated() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    cancel(&api, "jobs", order.job).await?;
    home.pass(Duration::from_secs(61)).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Cancelled)?;
    assert_eq!(job.assignments, 1);
    // That it was done after all is too late.
    agent.finish(&order, Outcome::Ok).await?;
    ended(&api.job(order.job).await?, Outcome::Cancelled)?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_does_not_heed_a_cancel_loses_the_job() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    cancel(&api, "jobs", order.job).await?;
    // It lives, and goes on all the same.
    home.pass(Duration::from_secs(40)).await?;
    assert!(agent.beat(Some(&order)).await?.stop);
    assert_eq!(api.job(order.job).await?.state, "running");
    home.pass(Duration::from_secs(21)).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Cancelled)?;
    let said = job.message.clone().unwrap_or_default();
    assert!(said.contains("did not stop it within 60 s"), "{said}");
    assert_eq!(refusal(agent.beat(Some(&order)).await)?.problem.kind, "/problems/stale-generation");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_many_jobs_is_made_run_and_cancelled_whole() -> Result<()> {
    const JOBS: usize = 250;
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let environments = vec![json!({"system": "any", "agents_group": "all"}); JOBS];
    let jobs = json!([{"name": "job", "steps": [{"tool": "shell", "cmd": "true"}], "environments": environments}]);
    let branch = api.branch_with("demo", &[("build", &code(&json!({"parent": "root", "jobs": jobs})))]).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "build", "in_progress").await?;
    assert_eq!(api.jobs(&run).await?.len(), JOBS, "more than one write holds");

    let done = agent.take().await?;
    agent.finish(&done, Outcome::Ok).await?;
    let held = agent.take().await?;
    // Only the wish is written before the answer; whoever was to tell the jobs dies.
    let unheard = home.without_wakeups().await?;
    unheard.cancel_run(run.id).await?;
    assert!(!agent.beat(Some(&held)).await?.stop);
    let early = refusal(api.post::<Value>(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "all"})).await)?;
    assert_eq!(early.status.as_u16(), 409, "some of its jobs have not heard of it yet: {}", early.problem.detail);
    home.tick().await?;
    assert!(agent.beat(Some(&held)).await?.stop);
    agent.finish(&held, Outcome::Cancelled).await?;

    let runs = api.runs(&api.completed(&flow).await?).await?;
    assert_eq!((runs[0].jobs.total, runs[0].jobs.completed, runs[0].jobs.error), (JOBS as i64, JOBS as i64, JOBS as i64 - 1));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_run_that_is_cancelled_while_its_jobs_are_made_leaves_none_behind() -> Result<()> {
    const JOBS: usize = 1500;
    let home = Home::start().await?;
    let api = home.api();
    let environments = vec![json!({"system": "any", "agents_group": "all"}); JOBS];
    let jobs = json!([{"name": "job", "steps": [{"tool": "shell", "cmd": "true"}], "environments": environments}]);
    let branch = api.branch_with("demo", &[("build", &code(&json!({"parent": "root", "jobs": jobs})))]).await?;
    let flow = api.start(&branch).await?;
    let run = api.runs(&flow).await?.remove(0);
    wait_until("the first jobs", async || Ok(!api.jobs(&run).await?.is_empty())).await?;
    cancel(&api, "flows", flow.id).await?;
    let done = api.completed(&flow).await?;
    let jobs = api.all_jobs(&done).await?;
    assert!(!jobs.is_empty() && jobs.iter().all(|job| job.outcome == Some(Outcome::Cancelled)), "{} jobs", jobs.len());
    home.tick().await?;
    assert_eq!(api.all_jobs(&done).await?.len(), jobs.len(), "and no more are made");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_reaches_every_job_although_the_clock_was_put_back() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    home.move_clock(-300_000);
    cancel(&api, "flows", flow.id).await?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Cancelled)?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_ends_what_waits_and_what_runs() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let jobs: Vec<Value> =
        ["one", "two", "three"].map(|name| kraken_harness::job(name, &[json!({"tool": "shell", "cmd": sleeper.command()})])).to_vec();
    let stage = code(&json!({"parent": "root", "jobs": jobs}));
    let branch = api.branch_with("demo", &[("build", &stage), ("test", &child("build", "true"))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;
    let run = api.runs(&flow).await?.remove(0);
    cancel(&api, "runs", run.id).await?;
    let runs = api.runs(&api.completed(&flow).await?).await?;
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].result, runs[0].jobs.error), (Some(RunResult::Error), 3));
    for job in api.jobs(&runs[0]).await? {
        ended(&job, Outcome::Cancelled)?;
    }
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_flow_starts_nothing_more_unless_somebody_wants_it_again() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    cancel(&api, "flows", flow.id).await?;
    // Its job was done before the agent heard of it; the child is not wanted all the same.
    agent.finish(&order, Outcome::Ok).await?;
    let done = api.completed(&flow).await?;
    assert!(done.cancelled);
    assert_eq!(done.runs.clone().unwrap().len(), 1);
    home.tick().await?;
    assert_eq!(api.runs(&flow).await?.len(), 1);

    let again: Rerun = api.post(&format!("/api/jobs/{}/rerun", order.job), &json!({})).await?;
    assert_eq!(again.jobs.len(), 1);
    for _ in 0..2 {
        let order = agent.take().await?;
        agent.finish(&order, Outcome::Ok).await?;
    }
    let done = api.completed(&flow).await?;
    assert!(!done.cancelled);
    assert_eq!(done.runs.unwrap().len(), 2);
    home.end([]).await
}
