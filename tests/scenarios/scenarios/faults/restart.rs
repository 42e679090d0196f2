//! The server is stopped and started again, gently, at every moment of a job.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, child, ended, shell, wait_until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_whenever_the_server_restarts() -> Result<()> {
    let mut home = Home::start().await?;
    let by_hand = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;
    home.restart().await?;
    // Promised.
    let flow = api.start(&branch).await?;
    by_hand.is_promised().await?;
    home.restart().await?;
    // Claimed.
    let order = by_hand.take().await?;
    home.restart().await?;
    by_hand.beat(Some(&order)).await?;
    assert_eq!(by_hand.claim().await?.unwrap().generation, order.generation, "a claim asked for again is the same");
    home.restart().await?;
    // Done; and the report was heard, or not.
    by_hand.finish(&order, Outcome::Ok).await?;
    home.restart().await?;
    by_hand.finish(&order, Outcome::Ok).await?;
    // The child.
    let order = by_hand.take().await?;
    by_hand.finish(&order, Outcome::Ok).await?;
    home.restart().await?;
    let done = api.completed(&flow).await?;
    let jobs = api.all_jobs(&done).await?;
    assert_eq!(jobs.len(), 2);
    assert!(jobs.iter().all(|job| job.assignments == 1 && job.outcome == Some(Outcome::Ok)), "{jobs:?}");
    // Everything is still there.
    let tokens: Vec<Value> = api.list("/api/tokens").await?;
    assert_eq!(tokens.len(), 1);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_and_ends_while_the_server_is_away_is_reported_when_it_is_back() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (go, over) = (home.dir().join("go"), home.dir().join("over"));
    let cmd = format!("echo first; while ! test -e {}; do sleep 0.02; done; echo second; touch {}", go.display(), over.display());
    let branch = api.branch_with("demo", &[("build", &shell(&cmd)), ("test", &child("build", "true"))]).await?;
    let flow = api.start(&branch).await?;
    api.says(&api.only_job_in(&flow, "running").await?, "first").await?;

    home.stop().await;
    std::fs::write(&go, "")?;
    wait_until("the job to be done", async || Ok(over.exists())).await?;
    home.restart().await?;

    api.run_in(&flow, "test", "processed").await?;
    let done = api.completed(&flow).await?;
    let job = api.jobs(&done.runs.unwrap()[0]).await?.remove(0);
    ended(&job, Outcome::Ok)?;
    assert_eq!(job.assignments, 1);
    assert_eq!(api.log(&job).await?, ["first", "second"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_jobs_go_on_over_many_restarts_and_each_runs_once() -> Result<()> {
    let mut home = Home::start().await?;
    let agents = [home.agent().await?, home.agent().await?];
    let api = home.api();
    let ran = home.dir().join("ran");
    let jobs: Vec<Value> = (0..6)
        .map(|n| kraken_harness::job(&format!("job-{n}"), &[json!({"tool": "shell", "cmd": format!("echo {n} >> {}", ran.display())})]))
        .collect();
    let stage = |parent: &str| kraken_harness::code(&json!({"parent": parent, "triggers": {"parent": true}, "jobs": jobs}));
    let branch = api.branch_with("demo", &[("build", &stage("root")), ("test", &stage("build"))]).await?;
    let flow = api.start(&branch).await?;
    let mut restarts = 0;
    loop {
        home.restart().await?;
        restarts += 1;
        let lines = std::fs::read_to_string(&ran).unwrap_or_default().lines().count();
        if lines == 12 || restarts == 30 {
            break;
        }
        // Let at least one more be done before the next.
        wait_until("another job to run", async || Ok(std::fs::read_to_string(&ran).unwrap_or_default().lines().count() > lines)).await?;
    }
    let done = api.completed(&flow).await?;
    let jobs = api.all_jobs(&done).await?;
    assert_eq!(jobs.len(), 12);
    assert!(jobs.iter().all(|job| job.outcome == Some(Outcome::Ok)), "{jobs:?}");
    let mut said: Vec<_> = std::fs::read_to_string(&ran)?.lines().map(str::to_owned).collect();
    said.sort();
    assert_eq!(said.join(""), "001122334455", "each job of both stages ran once");
    home.end(agents).await
}
