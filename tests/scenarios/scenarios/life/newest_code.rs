//! A run is repeated with the newest code of its stage: the flow comes to what that run comes to.

use anyhow::{Context, Result};
use kraken_domain::run::RunResult;
use kraken_harness::{Home, child, refusal, shell};
use kraken_protocol::api::{Rerun, RunView};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_was_wrong_is_mended_and_its_flow_goes_on() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let build = api.add_stage(&branch, "build", &shell("echo old; false")).await?;
    api.add_stage(&branch, "test", &child("build", "true")).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let [broken] = api.runs(&flow).await?.try_into().map_err(|runs| anyhow::anyhow!("one run, not {runs:?}"))?;
    assert_eq!(broken.result, Some(RunResult::Error), "its child does not start");

    let rerun = format!("/api/runs/{}/rerun", broken.id);
    let newest = json!({"jobs": "all", "newest_code": true});
    api.put::<Value>(&format!("/api/stages/{build}"), &json!({"code": shell("echo new")})).await?;
    let both = refusal(api.post::<Rerun>(&rerun, &json!({"jobs": "failed", "newest_code": true})).await)?;
    assert_eq!((both.status, both.problem.errors[0].path.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "/newest_code"));
    let made: Rerun = api.post(&rerun, &newest).await?;
    let again = made.run.context("a new run")?;

    let flow = api.completed(&flow).await?;
    let runs = api.runs(&flow).await?;
    let names: Vec<(&str, Option<RunResult>)> = runs.iter().map(|run| (run.stage_name.as_str(), run.result)).collect();
    assert_eq!(names, [("build", Some(RunResult::Error)), ("build", Some(RunResult::Ok)), ("test", Some(RunResult::Ok))]);
    assert_eq!((runs[0].covered_by, runs[1].id, runs[1].reason.as_str()), (Some(again), again, "person"));
    assert_eq!(flow.result, Some(RunResult::Ok), "what was repeated does not count");
    for (run, said) in runs.iter().zip(["old", "new"]) {
        assert_eq!(api.log(&api.jobs(run).await?[0]).await?[0], said, "each keeps its code and its log");
    }

    // What was repeated as a whole is not repeated a second time.
    for body in [newest.clone(), json!({"jobs": "all"})] {
        let refused = refusal(api.post::<Rerun>(&rerun, &body).await)?;
        assert!(refused.status == StatusCode::CONFLICT && refused.problem.detail.contains(&again.to_string()), "{refused}");
    }
    // The newer one is, and its child has run already.
    let third: Rerun = api.post(&format!("/api/runs/{again}/rerun"), &newest).await?;
    let flow = api.completed(&flow).await?;
    let runs: Vec<RunView> = api.runs(&flow).await?;
    assert_eq!((runs.len(), third.run), (4, Some(runs[3].id)));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_not_over_or_whose_stage_is_disabled_has_no_newest_code() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let build = api.add_stage(&branch, "build", &shell("true")).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "build", "in_progress").await?;
    let newest =
        async || refusal(api.post::<Rerun>(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "all", "newest_code": true})).await);
    let early = newest().await?;
    assert!(early.status == StatusCode::CONFLICT && early.problem.detail.contains("in progress"), "{early}");
    api.post::<Value>(&format!("/api/runs/{}/cancel", run.id), &json!({})).await?;
    api.completed(&flow).await?;
    api.put::<Value>(&format!("/api/stages/{build}"), &json!({"enabled": false})).await?;
    let disabled = newest().await?;
    assert!(disabled.status == StatusCode::CONFLICT && disabled.problem.detail.contains("gone or disabled"), "{disabled}");
    home.end([]).await
}
