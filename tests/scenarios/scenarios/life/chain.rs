//! Stages that wait for others.

use anyhow::Result;
use kraken_domain::run::RunResult;
use kraken_harness::{Home, child, code, shell};
use kraken_protocol::api::Rerun;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_child_stage_starts_once_when_its_parent_is_done() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;

    let runs = api.runs(&flow).await?;
    let told: Vec<_> = runs.iter().map(|run| (run.stage_name.as_str(), run.reason.as_str(), run.result)).collect();
    assert_eq!(told, [("build", "flow", Some(RunResult::Ok)), ("test", "parents", Some(RunResult::Ok))]);

    // Repeating the parent, or one of its jobs, does not start the child again.
    let again: Rerun = api.post(&format!("/api/runs/{}/rerun", runs[0].id), &json!({"jobs": "all"})).await?;
    assert_eq!(again.jobs.len(), 1);
    api.completed(&flow).await?;
    api.post::<Rerun>(&format!("/api/jobs/{}/rerun", again.jobs[0]), &json!({})).await?;
    api.completed(&flow).await?;
    home.tick().await?;
    let runs = api.runs(&flow).await?;
    assert_eq!(runs.len(), 2, "{runs:?}");

    // Repeated jobs are covered: shown, but counted once.
    let jobs = api.jobs(&runs[0]).await?;
    assert_eq!(jobs.len(), 3);
    assert_eq!((runs[0].jobs.total, runs[0].jobs.completed), (1, 1));
    assert_eq!(jobs[0].covered_by, Some(jobs[1].id));
    assert_eq!(jobs[2].rerun_of, Some(jobs[1].id));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_parent_blocks_its_child_until_a_rerun_succeeds() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let mended = home.dir().join("mended");
    let build = shell(&format!("test -e {}", mended.display()));
    let branch = api.branch_with("demo", &[("build", &build), ("test", &child("build", "true"))]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;
    let runs = api.runs(&flow).await?;
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].result, runs[0].jobs.error), (Some(RunResult::Error), 1));

    std::fs::write(&mended, "")?;
    api.post::<Rerun>(&format!("/api/runs/{}/rerun", runs[0].id), &json!({"jobs": "failed"})).await?;
    api.run_in(&flow, "test", "processed").await?;
    let runs = api.runs(&api.completed(&flow).await?).await?;
    assert_eq!(runs.iter().map(|run| run.result).collect::<Vec<_>>(), [Some(RunResult::Ok), Some(RunResult::Ok)]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_with_two_parents_waits_for_both_and_starts_once() -> Result<()> {
    let mut home = Home::start().await?;
    let agents = [home.agent().await?, home.agent().await?];
    let api = home.api();
    let joined = code(&json!({"parent": ["left", "right"], "triggers": {"parent": true}, "jobs": [
        {"name": "job", "steps": [{"tool": "shell", "cmd": "true"}], "environments": [{"system": "any", "agents_group": "all"}]},
    ]}));
    let go = home.dir().join("go");
    let late = shell(&format!("while ! test -e {}; do sleep 0.05; done", go.display()));
    let branch = api.branch_with("demo", &[("left", &shell("true")), ("right", &late), ("joined", &joined)]).await?;

    let flow = api.start(&branch).await?;
    api.run_in(&flow, "left", "processed").await?;
    home.tick().await?;
    assert_eq!(api.runs(&flow).await?.len(), 2, "one parent is not done");
    std::fs::write(&go, "")?;
    api.run_in(&flow, "joined", "processed").await?;
    assert_eq!(api.runs(&api.completed(&flow).await?).await?.len(), 3);
    home.end(agents).await
}

#[tokio::test(flavor = "multi_thread")]
async fn disabled_stages_are_left_out_and_a_stage_without_jobs_completes_with_a_note() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let empty = code(&json!({"parent": "root", "jobs": []}));
    let branch = api.branch_with("demo", &[("empty", &empty), ("after", &child("empty", "true"))]).await?;
    let off = api.add_stage(&branch, "off", &shell("true")).await?;
    let changed: Value = api.put(&format!("/api/stages/{off}"), &json!({"enabled": false})).await?;
    assert_eq!(changed["enabled"], false);

    let flow = api.completed(&api.start(&branch).await?).await?;

    // Nothing was built, so there is nothing to go on with.
    let runs = api.runs(&flow).await?;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!(runs[0].stage_name, "empty");
    assert_eq!(runs[0].note.as_deref(), Some("the stage has no jobs"));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_disabled_or_deleted_meanwhile_does_not_start() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let one = api.add_stage(&branch, "one", &child("build", "true")).await?;
    let two = api.add_stage(&branch, "two", &child("build", "true")).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    api.put::<Value>(&format!("/api/stages/{one}"), &json!({"enabled": false})).await?;
    api.delete(&format!("/api/stages/{two}")).await?;
    agent.finish(&order, kraken_domain::job::Outcome::Ok).await?;
    assert_eq!(api.runs(&api.completed(&flow).await?).await?.len(), 1);
    home.end([]).await
}
