//! Stages after stages: those that wait for a person, and those that are done once more.

use anyhow::Result;
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{code, ended, refusal};
use kraken_protocol::api::{Rerun, RunView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_manual_stage_waits(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let release = story.job("job", &[json!({"tool": "shell", "cmd": "echo released"})]);
    let release = code(&json!({"parent": "build", "triggers": {"parent": true, "manual": true}, "jobs": [release]}));
    let branch = story.branch(&[("build", story.shell("true")), ("release", release)]).await?;
    let flow = story.api.start(&branch).await?;
    let release = story.api.run_in(&flow, "release", "manual").await?;
    story.place.tick().await?;
    assert_eq!(story.api.flow(&flow).await?.state, "in_progress");
    assert_eq!(story.api.jobs(&release).await?.len(), 0);

    let start = format!("/api/runs/{}/start", release.id);
    story.api.post::<RunView>(&start, &json!({})).await?;

    let release = story.api.completed(&flow).await?.runs.unwrap().pop().unwrap();
    assert_eq!((release.reason.as_str(), release.result), ("person", Some(RunResult::Ok)));
    let refused = refusal(story.api.post::<Value>(&start, &json!({})).await)?;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    story.end([agent]).await
}

pub(crate) async fn jobs_are_repeated(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let ready = story.dir().join("ready");
    let jobs = [
        story.job("steady", &[json!({"tool": "shell", "cmd": "true"})]),
        story.job("shaky", &[json!({"tool": "shell", "cmd": format!("test -e {}", ready.display())})]),
    ];
    let build = code(&json!({"parent": "root", "jobs": jobs}));
    let check = story.child("build", &[json!({"tool": "shell", "cmd": "true"})]);
    let branch = story.branch(&[("build", build), ("check", check)]).await?;
    let flow = story.api.completed(&story.api.start(&branch).await?).await?;
    let run = story.api.runs(&flow).await?.remove(0);
    assert_eq!((run.result, run.jobs.error), (Some(RunResult::Error), 1));

    // Only what failed, and then the child that it held up.
    std::fs::write(&ready, "")?;
    let again: Rerun = story.api.post(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "failed"})).await?;
    assert_eq!(again.jobs.len(), 1);
    let runs = story.api.runs(&story.api.completed(&flow).await?).await?;
    assert_eq!(runs.iter().map(|run| run.result).collect::<Vec<_>>(), [Some(RunResult::Ok); 2]);
    let jobs = story.api.jobs(&run).await?;
    assert_eq!(jobs.len(), 3);
    ended(&story.api.job(again.jobs[0]).await?, Outcome::Ok)?;

    // All of them.
    let again: Rerun = story.api.post(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "all"})).await?;
    assert_eq!(again.jobs.len(), 2);
    story.api.completed(&flow).await?;
    for job in again.jobs {
        ended(&story.api.job(job).await?, Outcome::Ok)?;
    }
    story.end([agent]).await
}
