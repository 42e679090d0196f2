//! An agent that dies in the middle of a job.

use std::time::{Duration, Instant};

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Sleeper, ended, eventually_within};

use crate::story::Story;

/// A lease of a minute, and what passes until the clock looks for those that have ended.
const LEASE: Duration = Duration::from_secs(150);
/// For as long an agent's death leaves it the lease, whenever it last renewed it.
const HELD: Duration = Duration::from_secs(30);

pub(crate) async fn a_killed_agent_loses_its_job(mut story: Story) -> Result<()> {
    let mut agent = story.agent().await?;
    let (sleeper, tries) = (Sleeper::new(), story.dir().join("tries"));
    let cmd = format!("echo try >> {0}; echo began; if test $(wc -l < {0}) = 1; then {1}; fi", tries.display(), sleeper.command());
    let branch = story.branch(&[("build", story.shell(&cmd))]).await?;
    let flow = story.api.start(&branch).await?;
    sleeper.runs(1).await?;
    story.api.says(&story.api.only_job(&flow).await?, "began").await?;

    agent.kill()?;
    let killed = Instant::now();
    sleeper.runs(0).await?;
    let other = story.agent().await?;
    story.place.tick().await?;
    let state = story.api.only_job(&flow).await?.state;
    // On a very busy machine the lease is over before the other agent has started.
    assert!(state == "running" || killed.elapsed() > HELD, "until the lease ends nobody else may have it: it is {state}");
    eventually_within(LEASE, "the job to be taken over", async || {
        story.place.tick().await?;
        Ok((story.api.only_job(&flow).await?.assignments == 2).then_some(()))
    })
    .await?;

    let job = story.api.only_job(&story.api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!((job.assignments, std::fs::read_to_string(&tries)?.lines().count()), (2, 2));
    assert_eq!(job.agent, story.api.agent_named(other.name()).await?.map(|agent| agent.id));
    assert_eq!(story.api.log(&job).await?, ["began"]);
    story.agent_is(&agent, "offline").await?;

    // Back, it finds that the job is no longer its own.
    let agent = story.again(&agent)?;
    agent.is_ready().await?;
    ended(&story.api.job(job.id).await?, Outcome::Ok)?;
    story.end([agent, other]).await
}
