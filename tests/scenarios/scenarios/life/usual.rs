//! How long a job usually takes, as people see it beside how long it has been running.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, eventually, stage};
use kraken_protocol::api::JobView;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_tells_what_those_before_it_took() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&[json!({"tool": "shell", "cmd": "true"})]))]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let job = api.only_job(&flow).await?;
    ended(&job, Outcome::Ok)?;

    // Learnt from the run that is over, a moment later; and shown of each job like it.
    let path = format!("/api/jobs/{}", job.id);
    let usual = eventually("what the job took is learnt", async || Ok(api.get::<JobView>(&path).await?.usual_s)).await?;
    assert!((1..60).contains(&usual), "{usual} s");
    assert!(api.all_jobs(&flow).await?.iter().all(|job| job.usual_s.is_none()), "lists leave it out");
    let next = api.completed(&api.start(&branch).await?).await?;
    let next = api.only_job(&next).await?;
    assert!(next.usual_s.is_some_and(|usual| (1..60).contains(&usual)), "{:?}", next.usual_s);
    home.end([agent]).await
}
