//! What happens is told to whoever subscribed.

use std::collections::BTreeSet;

use anyhow::Result;
use kraken_harness::{Hearer, Home, child, shell};
use kraken_protocol::api::Rerun;
use serde_json::{Value, json};

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_is_told_from_its_start_to_its_end() -> Result<()> {
    let mut home = Home::start().await?;
    let hearer = Hearer::of(&home).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "false"))]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;
    hearer.hears(1, "flow.completed").await?;

    let of_flow: Vec<Value> = hearer.heard().into_iter().filter(|event| event["flow"] == json!(flow.id)).collect();
    let expected = [
        "flow.started",
        "run.started",
        "job.completed",
        "run.completed",
        "run.started",
        "job.completed",
        "run.completed",
        "flow.completed",
    ];
    assert_eq!(kinds(&of_flow), expected);
    let ids: BTreeSet<String> = of_flow.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), of_flow.len());
    let (job, end) = (&of_flow[5], &of_flow[7]);
    assert_eq!((&job["outcome"], &job["project"]), (&json!("step_error"), &end["project"]));
    assert_eq!(job["agent"], json!(api.agent_named(agent.name()).await?.unwrap().id));
    assert_eq!((&end["result"], &end["label"], &end["branch"]), (&json!("error"), &json!("1."), &json!(branch)));

    // Of agents the tick tells.
    home.tick().await?;
    hearer.hears(1, "agent.ready").await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_run_completes_again_and_says_so() -> Result<()> {
    let mut home = Home::start().await?;
    let hearer = Hearer::of(&home).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let run = api.runs(&flow).await?.remove(0);
    api.post::<Rerun>(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "all"})).await?;
    api.completed(&flow).await?;
    for kind in ["run.started", "job.completed", "run.completed", "flow.completed"] {
        hearer.hears(2, kind).await?;
    }
    let ids: BTreeSet<String> = hearer.heard().iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), hearer.heard().len());
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_are_told_as_they_come_and_go() -> Result<()> {
    let mut home = Home::start().await?;
    let hearer = Hearer::of(&home).await?;
    let agent = home.agent_by_hand().await?;
    agent.leave().await?;
    agent.session().await?;
    // Nothing is heard of it any more.
    home.pass(std::time::Duration::from_secs(3600)).await?;
    hearer.hears(1, "agent.lost").await?;
    let told = hearer.heard();
    assert_eq!(kinds(&told), ["agent.joined", "agent.ready", "agent.left", "agent.ready", "agent.lost"]);
    assert!(told.iter().all(|event| event["agent"] == json!(agent.id)), "{told:?}");
    home.tick().await?;
    assert_eq!(hearer.heard().len(), 5);
    home.end([]).await
}
