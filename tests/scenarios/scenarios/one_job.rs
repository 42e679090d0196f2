//! One job all the way: from the call that starts its flow to its log.

use anyhow::Result;
use kraken_harness::{Home, settings, shell};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_and_its_log_can_be_read() -> Result<()> {
    // Wake-ups alone bring it along: nobody beats, nothing ticks.
    let mut settings = settings();
    settings.intervals.idle_heartbeat_s = 3600;
    let mut home = Home::with(settings).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("echo hello; echo world >&2"))]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;

    let runs = flow.runs.clone().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].jobs.completed, 1);
    assert_eq!(runs[0].jobs.error, 0);
    let job = api.only_job(&flow).await?;
    assert_eq!(serde_json::to_value(job.outcome)?, "ok");
    assert_eq!(api.log(&job).await?, ["hello", "world"]);
    home.end([agent]).await
}
