//! Jobs that wait for others, when messages are lost, the server is killed, or there are thousands of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use kraken_domain::job::{Outcome, Verdict};
use kraken_harness::{AgentProcess, Home, ServerProcess, code, eventually_within};
use kraken_protocol::{
    agent::FinishRequest,
    api::{EnrolmentTokenMade, FlowView, JobView, Rerun},
};
use serde_json::{Value, json};

use crate::life::needs::{job, stage};

async fn newest(api: &kraken_harness::Api, flow: &FlowView) -> Result<BTreeMap<String, JobView>> {
    let jobs = api.all_jobs(flow).await?;
    Ok(jobs.into_iter().filter(|job| job.covered_by.is_none()).map(|job| (job.name.clone(), job)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_lets_go_what_a_lost_message_left() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&[job("a", &[]), job("b", &["a"]), job("c", &["b"])]))]).await?;
    let flow = api.start(&branch).await?;
    let agent = home.agent_by_hand().await?;
    let lost = home.without_wakeups().await?;
    for (name, outcome) in [("a", Outcome::Ok), ("b", Outcome::StepError)] {
        let order = agent.take().await?;
        let request = FinishRequest {
            job: order.job,
            generation: order.generation,
            verdict: Verdict::plain(outcome),
            steps: Vec::new(),
            more: false,
            installation: agent.installation.clone(),
        };
        lost.finish(agent.id, request).await?;
        assert_eq!(newest(&api, &flow).await?[name].outcome, Some(outcome));
        home.tick().await?;
    }
    api.completed(&flow).await?;
    assert_eq!(newest(&api, &flow).await?["c"].message.as_deref(), Some("needs b, which ended with step_error"));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_lost_with_its_agent_lets_nobody_go() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&[job("a", &[]), job("b", &["a"])]))]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = api.start(&branch).await?;
    let lost = agent.take().await?;
    agent.abandon(&lost).await?;
    home.tick().await?;
    let jobs = newest(&api, &flow).await?;
    assert!(jobs["b"].held && jobs["a"].outcome.is_none(), "{jobs:?}");
    for _ in 0..2 {
        let order = agent.take().await?;
        agent.finish(&order, Outcome::Ok).await?;
    }
    api.completed(&flow).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_survives_a_server_that_is_killed_again_and_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = ServerProcess::start(&dir.path().join("server")).await?;
    let api = server.api()?;
    let made: EnrolmentTokenMade = api.post("/api/enrolment-tokens", &json!({})).await?;
    let mut agent = AgentProcess::start(&server.url(), &dir.path().join("agent-1"), "agent-1", Some(&made.secret))?;
    let ran = dir.path().join("ran");
    let said = |name: &str, needs: &[&str]| {
        let mut job = job(name, needs);
        job["steps"] = json!([{"tool": "shell", "cmd": format!("echo {name} >> {}", ran.display())}]);
        job
    };
    let jobs = [said("e", &["b", "c", "d"]), said("b", &["a"]), said("c", &["a"]), said("d", &["a"]), said("a", &[])];
    let branch = api.branch_with("demo", &[("build", &stage(&jobs))]).await?;
    let flow = api.start(&branch).await?;
    for life_ms in [20, 60, 120, 200, 300, 400] {
        tokio::time::sleep(std::time::Duration::from_millis(life_ms)).await;
        server.kill()?;
        server.again().await?;
    }
    eventually_within(std::time::Duration::from_secs(150), "the flow to complete", async || {
        let Ok(flow) = api.flow(&flow).await else { return Ok(None) };
        Ok((flow.state == "completed").then_some(()))
    })
    .await?;
    let ran: Vec<String> = std::fs::read_to_string(&ran)?.lines().map(str::to_owned).collect();
    assert_eq!((ran.len(), ran.first().map(String::as_str), ran.last().map(String::as_str)), (5, Some("a"), Some("e")), "{ran:?}");
    agent.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_stored_stage_is_damaged_ends_with_its_time() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let stage = code(&json!({"parent": "root", "timeout": 300, "jobs": [job("a", &[]), job("b", &["a"])]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "build", "in_progress").await?;
    let control = home.without_wakeups().await?;
    let stored = control.store.run(run.id).await?.and_then(|run| run.spec.clone()).context("a stored stage")?;
    control.objects.put(&format!("specs/{}.json", stored.sha256), "application/json", "{".into()).await?;
    drop(control);
    // Or it would be remembered.
    home.restart().await?;
    let api = home.api();
    let first = newest(&api, &flow).await?["a"].id;
    api.post::<Value>(&format!("/api/jobs/{first}/cancel"), &json!({})).await?;
    home.tick().await?;
    assert!(newest(&api, &flow).await?["b"].held, "nobody knows what it needs");
    home.pass(std::time::Duration::from_secs(301)).await?;
    api.completed(&flow).await?;
    home.end([]).await
}

/// A first job, many that need it, and a last one that needs all of those.
fn fan(middle: usize) -> String {
    let names: Vec<String> = (0..middle).map(|at| format!("m{at}")).collect();
    let mut jobs: Vec<Value> = names.iter().map(|name| job(name, &["first"])).collect();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    jobs.insert(0, job("last", &all));
    jobs.push(job("first", &[]));
    code(&json!({"parent": "root", "jobs": jobs}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_made_in_pieces_keeps_its_order() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &fan(150))]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = api.start(&branch).await?;
    let (mut began, mut next) = (Vec::new(), Some(agent.take().await?));
    while began.len() < 152 {
        let order = match next.take() {
            Some(order) => order,
            None => agent.take().await?,
        };
        began.push(order.job);
        next = agent.finish_for_more(&order, Outcome::Ok).await?;
    }
    let run = api.run_in(&flow, "build", "processed").await?;
    assert_eq!((run.jobs.total, run.jobs.completed, run.jobs.error), (152, 152, 0));
    let numbers: Vec<u32> = began.iter().map(|job| job.number).collect();
    assert_eq!((numbers[0], numbers[151]), (152, 1), "the first of all, and the last");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_jobs_that_need_one_end_with_it_and_run_again_with_it() -> Result<()> {
    const MIDDLE: usize = 1_998;
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &fan(MIDDLE))]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = api.start(&branch).await?;
    let first = agent.take().await?;
    agent.finish(&first, Outcome::StepError).await?;
    let patience = std::time::Duration::from_secs(180);
    let run =
        eventually_within(patience, "all to end", async || Ok(api.runs(&flow).await?.into_iter().find(|run| run.state == "processed")))
            .await?;
    assert_eq!((run.jobs.total, run.jobs.completed, run.jobs.error), (2_000, 2_000, 2_000));
    let ended = newest(&api, &flow).await?;
    assert_eq!(ended["m17"].message.as_deref(), Some("needs first, which ended with step_error"));
    assert!(ended["last"].message.as_deref().is_some_and(|said| said.starts_with("needs m")), "{:?}", ended["last"]);

    let again: Rerun = api.post(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "failed"})).await?;
    assert_eq!(again.jobs.len(), 2_000);
    let second = agent.take().await?;
    agent.finish(&second, Outcome::Ok).await?;
    let queued = async || {
        let jobs = newest(&api, &flow).await?;
        Ok(jobs.values().filter(|job| job.held).map(|job| job.name.as_str()).eq(["last"]).then_some(()))
    };
    eventually_within(patience, "all but the last to be let go", queued).await?;
    let next = agent.take().await?;
    assert_ne!(api.job(next.job).await?.name, "last");
    agent.finish(&next, Outcome::Ok).await?;
    home.end([]).await
}
