//! Jobs that wait for jobs, runs that take the place of others.

use anyhow::{Context, Result};
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{code, ended, eventually};
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_job_of_a_child_stage_waits_for_the_one_that_it_needs(mut story: Story) -> Result<()> {
    // Two are there, so nothing but the need keeps the second job from being the first.
    let agents = [story.agent().await?, story.agent().await?];
    let marks = story.dir().join("marks");
    let job = |name: &str, needs: &[&str]| {
        let mut job = story.job(name, &[json!({"tool": "shell", "cmd": format!("sleep 0.3; echo {name} >> {}", marks.display())})]);
        job["needs"] = json!(needs);
        job
    };
    let jobs = [job("deploy", &["unit", "api"]), job("unit", &[]), job("api", &[]), job("tell", &["deploy"])];
    let check = code(&json!({"parent": "build", "triggers": {"parent": true}, "jobs": jobs}));
    let branch = story.branch(&[("build", story.shell("true")), ("check", check)]).await?;
    let flow = story.api.completed(&story.api.start(&branch).await?).await?;
    let run = story.api.runs(&flow).await?.pop().context("the child ran")?;
    assert_eq!((run.stage_name.as_str(), run.result), ("check", Some(RunResult::Ok)));
    for job in story.api.jobs(&run).await? {
        ended(&job, Outcome::Ok)?;
    }
    let told = std::fs::read_to_string(&marks)?;
    let mut order: Vec<&str> = told.lines().collect();
    // Which of the two that nobody waits for comes first is nobody's business.
    order[..2].sort_unstable();
    assert_eq!(order, ["api", "unit", "deploy", "tell"]);
    story.end(agents).await
}

pub(crate) async fn a_newer_run_takes_the_place_of_an_older_one(story: Story) -> Result<()> {
    let job = story.job("job", &[json!({"tool": "shell", "cmd": "true"})]);
    let build = code(&json!({"parent": "root", "concurrency": {"group": "#{branch.id}", "cancel_in_progress": true}, "jobs": [job]}));
    let branch = story.branch(&[("build", build)]).await?;
    // Nobody is there to do the first one, so it is in progress when the second comes.
    let older = story.api.start(&branch).await?;
    story.api.run_in(&older, "build", "in_progress").await?;
    let newer = story.api.start(&branch).await?;
    let older = story.api.completed(&older).await?;
    let [run] = story.api.runs(&older).await?.try_into().map_err(|runs| anyhow::anyhow!("one run, not {runs:?}"))?;
    let by = story.api.run_in(&newer, "build", "in_progress").await?;
    assert_eq!((run.superseded_by, story.api.only_job(&older).await?.outcome), (Some(by.id), Some(Outcome::Cancelled)));
    story.api.post::<Value>(&format!("/api/flows/{}/cancel", newer.id), &json!({})).await?;
    eventually("the newer one to be over", async || {
        story.place.tick().await?;
        Ok((story.api.flow(&newer).await?.state == "completed").then_some(()))
    })
    .await?;
    story.end([]).await
}
