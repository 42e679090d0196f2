//! Clocks that disagree by five minutes.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, code, ended, job, stage};
use serde_json::json;

const FIVE_MINUTES_MS: i64 = 5 * 60 * 1000;

/// Stores a file in one stage and fetches it in the next: signatures, presigned addresses, leases, logs.
async fn everything_works(home: &Home, project: &str) -> Result<()> {
    let api = home.api();
    let build = stage(&[json!({"tool": "shell", "cmd": "echo brought > file"}), json!({"tool": "artifacts", "source": "file"})]);
    let check = [json!({"tool": "artifacts", "action": "download", "source": "file"}), json!({"tool": "shell", "cmd": "cat file"})];
    let check = code(&json!({"parent": "build", "triggers": {"parent": true}, "jobs": [job("job", &check)]}));
    let branch = api.branch_with(project, &[("build", &build), ("check", &check)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let jobs = api.all_jobs(&flow).await?;
    assert_eq!(jobs.len(), 2);
    for job in &jobs {
        ended(job, Outcome::Ok)?;
        assert_eq!(job.assignments, 1);
    }
    assert!(api.log(&jobs[1]).await?.contains(&"brought".to_owned()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_clock_is_off_from_the_beginning_works() -> Result<()> {
    let mut home = Home::start().await?;
    for (project, by_ms) in [("ahead", FIVE_MINUTES_MS), ("behind", -2 * FIVE_MINUTES_MS)] {
        home.move_clock(by_ms);
        let mut agent = home.agent().await?;
        everything_works(&home, project).await?;
        agent.finish().await?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_clock_that_jumps_disturbs_nobody() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    home.move_clock(FIVE_MINUTES_MS);
    everything_works(&home, "ahead").await?;
    home.move_clock(-2 * FIVE_MINUTES_MS);
    everything_works(&home, "behind").await?;
    home.tick().await?;
    home.agent_is(&agent, "idle").await?;
    home.end([agent]).await
}
