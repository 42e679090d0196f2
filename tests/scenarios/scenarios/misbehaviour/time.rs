//! Jobs that take too long.

use std::time::Duration;

use anyhow::Result;
use kraken_domain::{job::Outcome, run::RunResult, step::StepStatus};
use kraken_harness::{Home, Sleeper, code, ended, refusal, shell, stage};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_takes_too_long_is_stopped_and_later_ones_may_clean_up() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let steps = [
        json!({"tool": "shell", "cmd": format!("echo began; trap '' TERM; {}", sleeper.command()), "timeout": 1}),
        json!({"tool": "shell", "cmd": "echo tidied", "when": "always"}),
    ];
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::StepTimeout)?;
    let log = api.log(&job).await?;
    assert!(log.contains(&"began".to_owned()) && log.contains(&"tidied".to_owned()), "{log:?}");
    assert_eq!(job.steps.unwrap()[0].status, StepStatus::Error);
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_agent_does_not_stop_it_in_time_is_ended_by_the_server() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    assert_eq!(order.timeout_s, 300);
    // It beats, so its lease is good; but its time is up.
    for _ in 0..7 {
        home.pass(Duration::from_secs(50)).await?;
        agent.beat(Some(&order)).await?;
    }
    home.pass(Duration::from_secs(20)).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::JobTimeout)?;
    assert!(job.message.as_deref().unwrap().contains("300 s"), "{:?}", job.message);

    // What the agent says of it now does not count, and it is free for others.
    let late = refusal(agent.beat(Some(&order)).await)?;
    assert_eq!(late.problem.kind, "/problems/stale-generation");
    assert_eq!(api.agent_named("agent-1").await?.unwrap().state, "idle");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_takes_too_long_ends_with_all_its_jobs() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let sleeps = |name: &str| {
        json!({
            "name": name,
            "timeout": 3600,
            "steps": [{"tool": "shell", "cmd": sleeper.command(), "timeout": 3600}],
            "environments": [{"system": "any", "agents_group": "all"}],
        })
    };
    let stage = code(&json!({"parent": "root", "timeout": 40, "jobs": [sleeps("runs"), sleeps("waits")]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;

    home.pass(Duration::from_secs(41)).await?;

    let done = api.completed(&flow).await?;
    let run = &done.runs.as_ref().unwrap()[0];
    assert_eq!(run.result, Some(RunResult::Error));
    assert_eq!(run.note.as_deref(), Some("the run took longer than its 40 s"));
    for job in api.all_jobs(&done).await? {
        ended(&job, Outcome::JobTimeout)?;
        assert_eq!(job.message.as_deref(), Some("the time of the whole run was up"));
    }
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_too_long_is_stopped_by_its_agent() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    // No job may have less.
    let stage = code(&json!({"parent": "root", "jobs": [{
        "name": "job",
        "timeout": 30,
        "steps": [
            {"tool": "shell", "cmd": sleeper.command(), "timeout": 3600},
            {"tool": "shell", "cmd": "echo never", "when": "always"},
        ],
        "environments": [{"system": "any", "agents_group": "all"}],
    }]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::JobTimeout)?;
    assert_eq!(job.message.as_deref(), Some("the job took longer than its 30 s"));
    assert!(!api.log(&job).await?.contains(&"never".to_owned()));
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}
