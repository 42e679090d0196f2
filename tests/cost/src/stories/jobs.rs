//! Jobs: one in a flow of its own, and many in one run; of no time and of a minute.

use std::time::Duration;

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_engines::meter::Call;
use kraken_harness::{Home, code, ended, job, stage};
use serde_json::json;

use super::{Counted, Story};
use crate::logs::Logged;

/// Seconds of a job whose minute is counted.
const MINUTE_S: u64 = 60;
/// What comes after the end was seen comes within so long.
const SETTLE: Duration = Duration::from_millis(500);
/// Jobs in the run of many.
const MANY: usize = 100;

/// What jobs come to.
#[derive(Clone, Debug)]
pub struct Jobs {
    /// One job of a minute, in a flow of its own.
    pub alone: Story,
    /// One of many jobs of no time in one run, its share of the run included.
    pub of_many: Story,
    /// What a minute of work adds to a job of no time.
    pub minute: Story,
    /// All calls of a job of no time in a flow of its own, in their order.
    pub trace: Vec<Call>,
}

impl Jobs {
    /// One of many jobs of a minute in one run.
    pub fn of_many_minutes(&self) -> Story {
        self.of_many.clone().and(&self.minute, 1.0)
    }
}

/// Runs the stories. Takes a little more than a minute.
///
/// # Errors
/// When a story does not go as told.
pub async fn jobs(logged: &Logged) -> Result<Jobs> {
    let of_many = Box::pin(many(logged)).await?;
    let (short, trace, long) = Box::pin(alone(logged)).await?;
    Ok(Jobs { minute: long.clone().and(&short, -1.0), alone: long, of_many, trace })
}

/// A job of no time and one of a minute, each in a flow of its own.
async fn alone(logged: &Logged) -> Result<(Story, Vec<Call>, Story)> {
    let mut counted = Counted::start(kraken_lambda::settings(), logged).await?;
    let agent = counted.home.agent().await?;
    // A line every ten seconds: what is followed has something to follow. How often is said from outside, so that both are one stage.
    let lines = counted.home.dir().join("lines");
    let cmd = format!("for i in $(seq $(cat {})); do echo working; sleep 10; done", lines.display());
    // A shell has a minute unless more is said.
    let step = json!({"tool": "shell", "cmd": cmd, "timeout": 2 * MINUTE_S});
    std::fs::write(&lines, "0")?;
    let branch = counted.home.api().branch_with("demo", &[("build", &stage(&[step]))]).await?;
    // The first job learns the stage's lane and evaluates its code; all others are alike.
    counted.home.api().run_one(&branch).await?;
    counted.quiet(SETTLE).await;
    let (short, trace) = one(&mut counted, &branch).await?;
    std::fs::write(&lines, (MINUTE_S / 10).to_string())?;
    let (long, _) = one(&mut counted, &branch).await?;
    counted.home.end([agent]).await?;
    Ok((short, trace, long))
}

async fn one(counted: &mut Counted, branch: &str) -> Result<(Story, Vec<Call>)> {
    let work = async |home: &mut Home| {
        let api = home.api();
        let flow = api.start(branch).await?;
        // Waiting is for a minute at most, and so long is the job.
        tokio::time::sleep(Duration::from_secs(1)).await;
        if api.flow(&flow).await?.state != "completed" {
            tokio::time::sleep(Duration::from_secs(MINUTE_S / 2)).await;
        }
        api.only_job(&api.completed(&flow).await?).await
    };
    let (done, calls, logs) = counted.during(SETTLE, work).await?;
    ended(&done, Outcome::Ok)?;
    Ok((Story::of(&calls, logs, 1.0), calls))
}

async fn many(logged: &Logged) -> Result<Story> {
    let mut counted = Counted::start(kraken_lambda::settings(), logged).await?;
    let agent = counted.home.agent().await?;
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let jobs: Vec<_> = (0..MANY).map(|n| job(&format!("job-{n}"), &steps)).collect();
    let stage = code(&json!({"parent": "root", "jobs": jobs}));
    let branch = counted.home.api().branch_with("demo", &[("build", &stage)]).await?;
    let started = async |home: &mut Home| {
        let flow = home.api().start(&branch).await?;
        home.api().completed(&flow).await
    };
    let (_, calls, logs) = counted.during(SETTLE, started).await?;
    counted.home.end([agent]).await?;
    Ok(Story::of(&calls, logs, MANY as f64))
}
