//! New commits of a pull request make an end of what runs for the older ones, where a stage says so.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{code, job, recorded, wait_until};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Told;

/// A pull request from a fork of that owner, as it is told first.
fn opened_by(owner: &str, number: u32) -> Result<Value> {
    let mut body = recorded("github", "pull_request_opened_from_fork")?;
    body["number"] = json!(number);
    let pull = &mut body["pull_request"];
    (pull["number"], pull["head"]["ref"]) = (json!(number), json!("patch-1"));
    pull["head"]["repo"]["full_name"] = json!(format!("{owner}/hello"));
    Ok(body)
}

/// The same after a further commit.
fn pushed_to(opened: &Value) -> Value {
    let mut body = opened.clone();
    body["action"] = json!("synchronize");
    body["before"] = opened["pull_request"]["head"]["sha"].clone();
    body["after"] = json!("2".repeat(40));
    body["pull_request"]["head"]["sha"] = body["after"].clone();
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn new_commits_cancel_the_older_dev_flow_and_nobody_elses() -> Result<()> {
    let stage = code(&json!({"parent": "root", "concurrency": {"cancel_in_progress": true},
        "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]}));
    let mut told = Told::start("github", &[("build", &stage)]).await?;
    let (api, agent) = (told.home.api(), told.home.agent_by_hand().await?);
    let tells = async |name: &str, body: &Value| -> Result<kraken_protocol::api::FlowView> {
        assert_eq!(told.host.sends("pull_request", name, body).await?.status(), StatusCode::ACCEPTED);
        let flow = told.came_of_it(name).await?.outcomes.first().and_then(|outcome| outcome.flow).context("a flow was started")?;
        api.get(&format!("/api/flows/{flow}")).await
    };
    let opened = opened_by("grace", 7)?;
    let old = tells("pr-1", &opened).await?;
    let order = agent.take().await?;
    // Somebody else's branch of the same name.
    let other = tells("pr-2", &opened_by("ada", 8)?).await?;
    api.run_in(&other, "build", "in_progress").await?;
    assert!(!agent.beat(Some(&order)).await?.stop, "it is none of their business");

    let new = tells("pr-3", &pushed_to(&opened)).await?;
    wait_until("the older job to be stopped", async || Ok(agent.beat(Some(&order)).await?.stop)).await?;
    agent.finish(&order, Outcome::Cancelled).await?;
    let old = api.completed(&old).await?;
    assert_eq!((old.kind.as_str(), api.only_job(&old).await?.outcome), ("dev", Some(Outcome::Cancelled)));
    let by = old.runs.iter().flatten().next().and_then(|run| run.superseded_by);
    let [newer] = api.runs(&new).await?.try_into().map_err(|runs| anyhow::anyhow!("one run, not {runs:?}"))?;
    assert_eq!(by, Some(newer.id));
    for flow in [&other, &new] {
        let order = agent.take().await?;
        assert_eq!(order.context["flow"]["id"], json!(flow.id));
        agent.finish(&order, Outcome::Ok).await?;
        api.completed(flow).await?;
    }
    told.home.end([]).await
}
