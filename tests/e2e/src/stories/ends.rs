//! Jobs that do not end well.

use anyhow::Result;
use kraken_domain::{job::Outcome, run::RunResult, step::StepStatus};
use kraken_harness::{Sleeper, ended};
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_failing_step_fails_the_flow(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let build = story.stage(&[
        json!({"name": "first", "tool": "shell", "cmd": "echo before"}),
        json!({"name": "second", "tool": "shell", "cmd": "echo broken; exit 3"}),
        json!({"name": "third", "tool": "shell", "cmd": "echo never"}),
        json!({"name": "last", "tool": "shell", "cmd": "echo cleaned", "when": "always"}),
    ]);
    let check = story.child("build", &[json!({"tool": "shell", "cmd": "true"})]);
    let branch = story.branch(&[("build", build), ("check", check)]).await?;

    let flow = story.api.completed(&story.api.start(&branch).await?).await?;

    let runs = story.api.runs(&flow).await?;
    assert_eq!(runs.iter().map(|run| run.result).collect::<Vec<_>>(), [Some(RunResult::Error)], "no child of a failed stage");
    let job = story.api.only_job(&flow).await?;
    ended(&job, Outcome::StepError)?;
    let steps: Vec<_> = job.steps.clone().unwrap().iter().map(|step| step.status).collect();
    assert_eq!(steps, [StepStatus::Done, StepStatus::Error, StepStatus::Skipped, StepStatus::Done]);
    assert_eq!(story.api.log(&job).await?, ["before", "broken", "kraken: step 2 (second) failed: exit code 3", "cleaned"]);
    story.end([agent]).await
}

pub(crate) async fn a_running_job_is_cancelled(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let sleeper = Sleeper::new();
    let cmd = format!("echo began; ({} &); {}", sleeper.command(), sleeper.command());
    let branch = story.branch(&[("build", story.shell(&cmd))]).await?;
    let flow = story.api.start(&branch).await?;
    let job = story.api.only_job_in(&flow, "running").await?;
    story.api.says(&job, "began").await?;
    sleeper.runs(2).await?;

    story.api.post::<Value>(&format!("/api/jobs/{}/cancel", job.id), &json!({})).await?;

    let job = story.api.only_job(&story.api.completed(&flow).await?).await?;
    ended(&job, Outcome::Cancelled)?;
    assert_eq!(sleeper.running(), []);
    // The agent is free for the next.
    let branch = story.api.add_stage(&branch, "next", &story.shell("true")).await.map(|_| branch)?;
    let flow = story.api.start(&branch).await?;
    story.api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    story.api.completed(&flow).await?;
    sleeper.runs(0).await?;
    story.end([agent]).await
}
