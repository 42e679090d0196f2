//! Two agents that take each other for themselves.

use std::process::Command;

use anyhow::{Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{AgentProcess, Home, ended, refusal, shell};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_an_agents_state_is_turned_away_with_words() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let copy = home.dir().join("copy");
    let copied = Command::new("cp").arg("-a").arg(agent.state_dir()).arg(&copy).status()?;
    ensure!(copied.success(), "cp: {copied}");
    std::fs::remove_file(copy.join("agent.log"))?;

    let mut second = AgentProcess::start(&home.agents_url(), &copy, "agent-1", None)?;
    let status = second.ended().await?;
    assert!(!status.success());
    let said = second.said()?;
    assert!(said.contains("another installation"), "{said}");
    assert!(said.contains("enrol"), "it says what to do: {said}");

    // The one that was there works on.
    let branch = api.branch_with("demo", &[("build", &shell("echo fine"))]).await?;
    let job = api.run_one(&branch).await?;
    assert_eq!(api.log(&job).await?, ["fine"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_installation_is_refused_while_the_first_lives() -> Result<()> {
    let mut home = Home::start().await?;
    let first = home.agent_by_hand().await?;
    let mut second = first.clone();
    second.installation = "another".to_owned();
    let refused = refusal(second.session().await)?;
    assert_eq!((refused.status, refused.problem.kind.as_str()), (StatusCode::CONFLICT, "/problems/agent-in-use"));
    assert!(refused.problem.detail.contains("Enrol this host as an agent of its own"), "{}", refused.problem.detail);
    first.session().await?;

    // A host that was set up anew from a copy is let in once the old one is silent.
    home.pass(std::time::Duration::from_secs(61)).await?;
    second.session().await?;
    assert_eq!(refusal(first.session().await)?.problem.kind, "/problems/agent-in-use");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_in_one_state_directory_are_told_apart() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let mut second = home.again(&agent)?;
    let status = second.ended().await?;
    assert!(!status.success());
    let said = second.said()?;
    assert!(said.contains(&format!("is used by process {}", agent.pid())), "{said}");
    drop(second);
    home.agent_is(&agent, "idle").await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_over_agent_is_told_so_and_its_job_begins_anew() -> Result<()> {
    let mut home = Home::start().await?;
    let first = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let held = first.take().await?;

    let mut second = first.clone();
    second.installation = "another".to_owned();
    // Silent for long enough, but its last word on the job was later: it may still be working on it.
    home.move_clock(30_000);
    first.beat(Some(&held)).await?;
    home.move_clock(59_000);
    assert_eq!(refusal(second.session().await)?.problem.kind, "/problems/agent-in-use");

    home.move_clock(2_000);
    second.session().await?;
    // The first one comes back, and learns at every call that it is not wanted.
    for refused in [refusal(first.beat(None).await)?, refusal(first.claim().await)?] {
        assert_eq!((refused.status, refused.problem.kind.as_str()), (StatusCode::CONFLICT, "/problems/agent-in-use"));
        assert!(refused.problem.detail.contains("took over"), "{}", refused.problem.detail);
    }
    assert_eq!(refusal(first.beat(Some(&held)).await)?.problem.kind, "/problems/stale-generation");
    assert_eq!(refusal(first.finish(&held, Outcome::Ok).await)?.problem.kind, "/problems/stale-generation");

    assert_eq!(refusal(first.finish_for_more(&held, Outcome::Ok).await)?.problem.kind, "/problems/stale-generation");

    second.beat(None).await?;
    home.tick().await?;
    let order = second.take().await?;
    assert_eq!((order.job, order.generation.0), (held.job, held.generation.0 + 1));
    second.finish(&order, Outcome::Ok).await?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Ok)?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_repeated_after_a_take_over_brings_no_job_of_the_other() -> Result<()> {
    let mut home = Home::start().await?;
    let first = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let done = first.take().await?;
    first.finish(&done, Outcome::Ok).await?;
    api.completed(&flow).await?;

    home.move_clock(61_000);
    let mut second = first.clone();
    second.installation = "another".to_owned();
    second.session().await?;
    api.start(&branch).await?;
    let theirs = second.take().await?;
    // The first one never got the answer to its report.
    let refused = refusal(first.finish_for_more(&done, Outcome::Ok).await)?;
    assert_eq!(refused.problem.kind, "/problems/agent-in-use");
    second.finish(&theirs, Outcome::Ok).await?;
    home.end([]).await
}
