//! Between the storing of a log and its line in the search anything may die or happen twice: each line is found, once.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Api, Home, ServerProcess, ended, eventually, wait_until};
use kraken_protocol::api::{EnrolmentTokenMade, FoundLogs};
use serde_json::json;

/// How many lines fit.
async fn count(api: &Api, query: &str) -> Result<usize> {
    let found: FoundLogs = api.get(&format!("/api/logs?limit=1000&{query}")).await?;
    Ok(found.items.len())
}

/// No stored log waits for the search any more.
async fn is_not_behind(api: &Api) -> Result<()> {
    wait_until("every stored log to be searchable", async || {
        let found: FoundLogs = api.get("/api/logs?limit=1").await?;
        Ok(found.behind == 0)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_after_storing_a_log_finds_its_lines_once_when_it_is_back() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut server = ServerProcess::start(&dir.path().join("server")).await?;
    let api = server.api()?;
    let made: EnrolmentTokenMade = api.post("/api/enrolment-tokens", &json!({})).await?;
    let mut agent = kraken_harness::AgentProcess::start(&server.url(), &dir.path().join("agent-1"), "agent-1", Some(&made.secret))?;
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("seq -f 'heron %03g' 0 199"))]).await?;

    let mut flows = Vec::new();
    for round in 0..6 {
        let flow = api.start(&branch).await?;
        eventually("the job to be over", async || {
            let job = api.only_job(&flow).await?;
            Ok(job.outcome.is_some().then_some(()))
        })
        .await?;
        // At another moment on the way into the search each time; by the last round, often after it.
        tokio::time::sleep(std::time::Duration::from_millis(round * 15)).await;
        server.kill()?;
        server.again().await?;
        let of_flow = format!("q=heron&flow={}", flow.id);
        wait_until("all lines to be found", async || Ok(count(&api, &of_flow).await? >= 200)).await?;
        flows.push(of_flow);
    }
    is_not_behind(&api).await?;
    for of_flow in &flows {
        assert_eq!(count(&api, of_flow).await?, 200, "each once");
    }
    agent.finish().await
}

/// The same news again, as queues may deliver it, and as a bucket tells when a log is stored anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_stored_twice_is_found_once() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell("echo a lonely bittern"))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    wait_until("the line to be found", async || Ok(count(&api, "q=bittern&service=job").await? == 1)).await?;

    let control = home.server()?.control().clone();
    let prefix = control.job(job.id).await?.value.log_prefix.unwrap();
    let log = control.objects.get(&format!("{prefix}log.gz")).await?.unwrap();
    for _ in 0..3 {
        control.objects.put(&format!("{prefix}log.gz"), "application/gzip", log.clone()).await?;
    }
    // What an agent stores for a job that it never held is nobody's log.
    let forged = format!("{}77/", prefix.trim_end_matches("1/"));
    control.objects.put(&format!("{forged}log.gz"), "application/gzip", log).await?;
    is_not_behind(&api).await?;
    assert_eq!(count(&api, "q=bittern&service=job").await?, 1);
    home.end([agent]).await
}

/// An earlier try and the one after it are logs of their own.
#[tokio::test(flavor = "multi_thread")]
async fn both_tries_of_a_job_are_found() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.agent().await?;
    let api = home.api();
    let go = home.dir().join("go");
    let cmd = format!("echo a pelican at work; while ! test -e {}; do sleep 0.02; done", go.display());
    let branch = api.branch_with("demo", &[("build", &kraken_harness::shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job_in(&flow, "running").await?;
    api.says(&job, "a pelican at work").await?;
    agent.kill()?;
    std::fs::write(&go, "")?;
    let agent = home.again(&agent)?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Ok)?;

    wait_until("both lines to be found", async || Ok(count(&api, "q=%22pelican%20at%20work%22&service=job").await? == 2)).await?;
    home.end([agent]).await
}

/// Nobody can read it, today or tomorrow, so it must not come again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_byte_is_dealt_with_once() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let by = api.agent_named(agent.name()).await?.unwrap().id;
    home.server()?.control().objects.put(&format!("agents/{by}/log/0/log.gz"), "application/gzip", Default::default()).await?;
    is_not_behind(&api).await?;
    home.end([agent]).await
}
