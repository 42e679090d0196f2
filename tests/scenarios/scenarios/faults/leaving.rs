//! Agents that end gently say so: no job is given to one that is about to end.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, shell};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_ends_is_offline_at_once_and_idle_when_it_is_back() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.agent().await?;
    agent.finish().await?;
    home.agent_is(&agent, "offline").await?;
    let agent = home.again(&agent)?;
    home.agent_is(&agent, "idle").await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_promised_to_an_agent_in_its_last_moment_goes_to_another_at_once() -> Result<()> {
    let mut home = Home::start().await?;
    let leaving = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    leaving.is_promised().await?;

    assert!(!leaving.leave().await?.claim);
    assert_eq!(api.agent_named("agent-1").await?.unwrap().state, "offline");
    let other = home.agent_by_hand().await?;
    let order = other.take().await?;
    other.finish(&order, Outcome::Ok).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert!(leaving.claim().await?.is_none());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_leaves_with_a_job_keeps_it_until_its_lease_ends() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    // Its report does not get through before it ends; the next start brings it.
    agent.leave().await?;
    home.pass(std::time::Duration::from_secs(30)).await?;
    assert_eq!(api.job(order.job).await?.state, "running");
    agent.finish(&order, Outcome::Ok).await?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Ok)?;
    home.end([]).await
}
