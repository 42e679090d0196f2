//! Runs that wait for a person.

use anyhow::Result;
use kraken_domain::run::RunResult;
use kraken_harness::{Home, code, job, refusal, shell};
use kraken_protocol::api::RunView;
use reqwest::StatusCode;
use serde_json::{Value, json};

fn manual(parent: &str) -> String {
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": parent, "triggers": {"parent": true, "manual": true}, "jobs": [job("job", &steps)]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manual_run_waits_until_a_person_starts_it() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("release", &manual("build"))]).await?;
    let flow = api.start(&branch).await?;
    let release = api.run_in(&flow, "release", "manual").await?;
    home.tick().await?;
    let waiting = api.flow(&flow).await?;
    assert_eq!(waiting.state, "in_progress");
    assert_eq!(api.jobs(&release).await?.len(), 0);

    let start = format!("/api/runs/{}/start", release.id);
    api.post::<RunView>(&start, &json!({})).await?;
    let done = api.completed(&flow).await?;
    let release = done.runs.unwrap().pop().unwrap();
    assert_eq!((release.reason.as_str(), release.result), ("person", Some(RunResult::Ok)));

    let refused = refusal(api.post::<Value>(&start, &json!({})).await)?;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.problem.detail.contains("cannot be started by hand"), "{}", refused.problem.detail);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manual_run_that_nobody_wants_is_cancelled_and_the_flow_completes() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("release", &manual("root"))]).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "release", "manual").await?;
    api.post::<Value>(&format!("/api/runs/{}/cancel", run.id), &json!({})).await?;
    let done = api.completed(&flow).await?;
    assert_eq!(done.runs.unwrap()[0].result, Some(RunResult::Cancelled));
    home.end([]).await
}
