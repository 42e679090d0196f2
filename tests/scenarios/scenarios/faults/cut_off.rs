//! Agents that cannot reach the server, or do not get to run, for longer than their lease.

use std::time::Duration;

use anyhow::Result;
use kraken_control::Settings;
use kraken_domain::job::Outcome;
use kraken_harness::{HandAgent, Home, Sleeper, Wire, ended, refusal, settings, shell, wait_until};
use nix::sys::signal::Signal;

/// A job whose first try sleeps, and whose second is quick.
fn slow_once(home: &Home, sleeper: &Sleeper) -> String {
    let first = home.dir().join("first");
    format!("echo began; if ! test -e {0}; then touch {0}; {1}; fi", first.display(), sleeper.command())
}

/// Leases that end while a test waits for it.
fn short_leases() -> Settings {
    let mut settings = settings();
    settings.intervals.lease_s = 3;
    settings
}

async fn stops_its_job_and_takes_it_again(separate: fn(&Wire)) -> Result<()> {
    let mut home = Home::behind_wire(short_leases()).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let branch = api.branch_with("demo", &[("build", &shell(&slow_once(&home, &sleeper)))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;

    separate(home.wire()?);
    // By its own clock alone.
    sleeper.runs(0).await?;
    assert_eq!(api.only_job(&flow).await?.state, "running", "nobody has looked yet");
    home.pass(Duration::from_secs(120)).await?;
    assert_eq!(api.only_job(&flow).await?.state, "queued");
    home.agent_is(&agent, "offline").await?;
    home.wire()?.mend();

    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(job.assignments, 2);
    assert_eq!(api.log(&job).await?, ["began"], "the log of the try that counts");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_connections_are_cut_stops_its_job_before_another_may_have_it() -> Result<()> {
    stops_its_job_and_takes_it_again(Wire::cut).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_gets_no_answer_stops_its_job_before_another_may_have_it() -> Result<()> {
    stops_its_job_and_takes_it_again(Wire::silence).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_while_its_agent_is_cut_off_is_stopped_when_it_is_back() -> Result<()> {
    let mut home = Home::behind_wire(settings()).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let branch = api.branch_with("demo", &[("build", &shell(sleeper.command()))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;
    home.wire()?.cut();
    api.post::<serde_json::Value>(&format!("/api/flows/{}/cancel", flow.id), &serde_json::json!({})).await?;
    assert!(api.only_job(&flow).await?.stopping);
    home.wire()?.mend();
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Cancelled)?;
    assert_eq!(sleeper.running(), []);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_cut_costs_a_job_nothing() -> Result<()> {
    let mut home = Home::behind_wire(settings()).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (go, over) = (home.dir().join("go"), home.dir().join("over"));
    let cmd = format!("echo first; while ! test -e {}; do sleep 0.02; done; echo second; touch {}", go.display(), over.display());
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    api.says(&api.only_job_in(&flow, "running").await?, "first").await?;

    home.wire()?.cut();
    std::fs::write(&go, "")?;
    wait_until("the job to be done", async || Ok(over.exists())).await?;
    assert_eq!(api.only_job(&flow).await?.state, "running");
    home.wire()?.mend();

    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(job.assignments, 1);
    assert_eq!(api.log(&job).await?, ["first", "second"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_stood_still_for_two_minutes_lets_go_of_what_is_no_longer_its_own() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = Sleeper::new();
    let (first, go) = (home.dir().join("first"), home.dir().join("go"));
    let cmd = format!(
        "if ! test -e {0}; then touch {0}; echo first try; {1}; else echo second try; while ! test -e {2}; do sleep 0.02; done; fi",
        first.display(),
        sleeper.command(),
        go.display()
    );
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;

    agent.signal(Signal::SIGSTOP)?;
    let other = home.agent().await?;
    home.pass(Duration::from_secs(120)).await?;
    let job = api.only_job_in(&flow, "running").await?;
    assert_eq!(job.agent, Some(api.agent_named(other.name()).await?.unwrap().id));
    api.says(&job, "second try").await?;
    agent.signal(Signal::SIGCONT)?;

    // It hears that the job is somebody else's, and ends what it still runs of it.
    sleeper.runs(0).await?;
    home.agent_is(&agent, "idle").await?;
    assert_eq!(api.job(job.id).await?.state, "running", "the other one is not disturbed");
    std::fs::write(&go, "")?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(api.log(&job).await?, ["second try"]);
    home.end([agent, other]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_lost_agent_says_of_its_job_is_refused() -> Result<()> {
    let mut home = Home::start().await?;
    let (one, two) = (home.agent_by_hand().await?, home.agent_by_hand().await?);
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let (lost, old) = HandAgent::first_of([&one, &two]).await?;
    let other = if lost.id == one.id { &two } else { &one };
    home.pass(Duration::from_secs(61)).await?;
    other.beat(None).await?;
    home.tick().await?;
    let new = other.take().await?;
    assert_eq!((new.job, new.generation.0), (old.job, old.generation.0 + 1));
    assert_ne!(new.log_prefix, old.log_prefix, "each try has a log of its own");

    for refused in [lost.beat(Some(&old)).await.map(drop), lost.finish(&old, Outcome::StepError).await, lost.abandon(&old).await] {
        let refused = refusal(refused)?;
        assert_eq!((refused.status.as_u16(), refused.problem.kind.as_str()), (409, "/problems/stale-generation"));
    }
    // Nor with the other's words: it does not hold the job.
    for refused in [lost.beat(Some(&new)).await.map(drop), lost.finish(&new, Outcome::StepError).await, lost.abandon(&new).await] {
        assert_eq!(refusal(refused)?.problem.kind, "/problems/stale-generation");
    }
    assert_eq!(api.only_job(&flow).await?.state, "running");
    other.finish(&new, Outcome::Ok).await?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Ok)?;
    home.end([]).await
}
