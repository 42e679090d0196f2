//! The server is killed, as by a power cut, at every moment: what it said yes to is still so when it is back.

use std::time::Duration;

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{AgentProcess, Api, Home, ServerProcess, eventually, wait_until};
use kraken_protocol::api::{EnrolmentTokenMade, FlowView};
use serde_json::{Value, json};

async fn agent(server: &ServerProcess, dir: &std::path::Path) -> Result<AgentProcess> {
    let api = server.api()?;
    let made: EnrolmentTokenMade = api.post("/api/enrolment-tokens", &json!({})).await?;
    let agent = AgentProcess::start(&server.url(), &dir.join("agent-1"), "agent-1", Some(&made.secret))?;
    let idle = async || Ok(api.agent_named("agent-1").await?.is_some_and(|agent| agent.state == "idle"));
    wait_until("the agent to be idle", idle).await?;
    Ok(agent)
}

/// The flow once it is completed, however often the server is away meanwhile.
async fn patiently_completed(api: &Api, flow: &FlowView) -> Result<FlowView> {
    eventually("the flow to complete", async || {
        let Ok(flow) = api.flow(flow).await else { return Ok(None) };
        let done = flow.state == "completed" && flow.runs.iter().flatten().all(|run| run.state == "processed");
        Ok(done.then_some(flow))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_survive_a_server_that_is_killed_again_and_again() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = ServerProcess::start(&dir.path().join("server")).await?;
    let mut agent = agent(&server, dir.path()).await?;
    let api = server.api()?;
    let ran = dir.path().join("ran");
    let jobs: Vec<Value> = (0..4)
        .map(|n| {
            kraken_harness::job(
                &format!("job-{n}"),
                &[json!({"tool": "shell", "cmd": format!("echo {n} >> {}; echo said", ran.display())})],
            )
        })
        .collect();
    let stage = |parent: &str| kraken_harness::code(&json!({"parent": parent, "triggers": {"parent": true}, "jobs": jobs}));
    let branch = api.branch_with("demo", &[("build", &stage("root")), ("test", &stage("build"))]).await?;
    let flow = api.start(&branch).await?;

    // Ever later after its start, so that every moment has its turn.
    for life_ms in [1, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300] {
        tokio::time::sleep(Duration::from_millis(life_ms)).await;
        server.kill()?;
        server.again().await?;
    }

    let done = patiently_completed(&api, &flow).await?;
    assert_eq!(done.runs.as_ref().unwrap().len(), 2, "the child started once");
    let jobs = api.all_jobs(&done).await?;
    for job in &jobs {
        kraken_harness::ended(job, Outcome::Ok)?;
        assert_eq!(api.log(job).await?, ["said"]);
    }
    let mut said: Vec<_> = std::fs::read_to_string(&ran)?.lines().map(str::to_owned).collect();
    said.sort();
    assert_eq!((jobs.len(), said.join("").as_str()), (8, "00112233"), "each job of both stages ran once");
    agent.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_a_power_cut() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = ServerProcess::start(dir.path()).await?;
    let api = server.api()?;
    for round in 0..4 {
        let branch = api.branch_with(&format!("project-{round}"), &[("build", &kraken_harness::shell("true"))]).await?;
        let flow = api.start(&branch).await?;
        server.kill()?;
        server.again().await?;
        let kept = api.flow(&flow).await?;
        assert_eq!((kept.id, kept.runs.unwrap()[0].jobs.total), (flow.id, 1));
        assert_eq!(api.list::<Value>("/api/projects").await?.len(), round + 1);
        assert_eq!(api.start(&branch).await?.sequence, 2, "numbers go on");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_directory_is_turned_away_with_the_owners_process() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let server = ServerProcess::start(dir.path()).await?;
    let code = server.second(([127, 0, 0, 1], 0).into()).await?;
    assert!(code.is_some_and(|code| code != 0), "{code:?}");
    let said = server.said()?;
    assert!(said.contains(&format!("is in use by process {}", server.pid())), "{said}");
    server.api()?.get::<Value>("/api/projects").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_the_servers_own_agent_goes_on_when_the_server_is_killed() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = ServerProcess::with_agent(&dir.path().join("server")).await?;
    let api = server.api()?;
    let (go, ran) = (dir.path().join("go"), dir.path().join("ran"));
    let wait = format!("echo began; echo x >> {}; while ! test -e {}; do sleep 0.05; done", ran.display(), go.display());
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell(&wait))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job_in(&flow, "running").await?;
    api.says(&job, "began").await?;
    for _ in 0..3 {
        server.kill()?;
        server.again().await?;
    }
    std::fs::write(&go, "")?;

    let done = patiently_completed(&api, &flow).await?;
    let job = api.only_job(&done).await?;
    kraken_harness::ended(&job, Outcome::Ok)?;
    assert_eq!((job.assignments, std::fs::read_to_string(&ran)?.as_str()), (1, "x\n"), "neither cancelled nor repeated");
    // The agent of the first life has done its work and gives way to the next one.
    let again = api.start(&branch).await?;
    kraken_harness::ended(&api.only_job(&patiently_completed(&api, &again).await?).await?, Outcome::Ok)?;
    server.stop().await?;
    kraken_harness::leftovers::none_below(dir.path()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_while_the_server_was_away_for_long_is_not_done_again() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    home.stop().await;
    // The job ends meanwhile, and nobody can be told.
    home.move_clock(120_000);
    home.restart().await?;
    home.tick().await?;
    assert_eq!(home.api().job(order.job).await?.state, "running", "its agent must have the time to say so");
    agent.finish(&order, Outcome::Ok).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    kraken_harness::ended(&job, Outcome::Ok)?;
    assert_eq!(job.assignments, 1);

    // One that says nothing within a lease's time is lost all the same.
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    home.restart().await?;
    home.pass(Duration::from_secs(61)).await?;
    assert_eq!(api.job(order.job).await?.state, "queued");
    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    home.end([]).await
}
