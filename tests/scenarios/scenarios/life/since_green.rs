//! What changed since a branch was green.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_domain::run::RunResult;
use kraken_harness::{code, refusal};
use kraken_protocol::api::{ChangesSinceGreen, FlowView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::repo_story::Story;

/// Jobs of a stage that ends at once, without any agent: well, or in error for want of a group.
fn jobs(well: bool) -> Value {
    let job = json!({
        "name": "job",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": "any", "agents_group": "#{args.group}"}],
    });
    if well { json!([]) } else { json!([job]) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_changes_after_the_newest_green_flow_are_told_newest_first() -> Result<()> {
    let Story { home, repo, server, branch, _folder } = Story::with_file("README", "one\n").await?;
    let api = home.api();
    let stage = |well: bool| {
        let repo = json!({"url": server.url("shop.git"), "branch": "main", "interval": "10m"});
        let parameters = json!([{"name": "group", "default": "nowhere"}]);
        code(&json!({"parent": "root", "triggers": {"parent": true, "repo": repo}, "parameters": parameters, "jobs": jobs(well)}))
    };
    let id = api.add_stage(&branch, "build", &stage(true)).await?;
    home.tick().await?;
    // A push, and the flow that comes of it.
    let pushed = async |message: &str| -> Result<FlowView> {
        repo.write("README", &format!("{message}\n")).commit(message);
        repo.push("main");
        home.pass(Duration::from_secs(600)).await?;
        let flows: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
        api.completed(flows.first().context("a flow")?).await
    };
    let since =
        async |flow: &FlowView| -> Result<ChangesSinceGreen> { api.get(&format!("/api/flows/{}/changes/since-green", flow.id)).await };

    let first = pushed("two").await?;
    let told = since(&first).await?;
    assert!(told.green.is_none() && !told.older_not_looked_at);
    assert_eq!((told.flows, told.items.len()), (1, 1));

    api.put::<Value>(&format!("/api/stages/{id}"), &json!({"code": stage(false)})).await?;
    let second = pushed("three").await?;
    let by_hand = api.completed(&api.start(&branch).await?).await?;
    let third = pushed("four").await?;
    let told = since(&third).await?;
    assert_eq!(told.green.context("the first was green")?.id, first.id);
    assert_eq!((told.flows, told.flows_left_out, told.commits_left_out), (3, 0, 0), "one of them brought nothing");
    let flows: Vec<_> = told.items.iter().map(|item| (item.flow.id, item.flow.result)).collect();
    assert_eq!(flows, [(third.id, Some(RunResult::Error)), (second.id, Some(RunResult::Error))]);
    let messages: Vec<_> = told.items.iter().flat_map(|item| &item.changes).flat_map(|change| &change.0.commits).collect();
    assert_eq!(messages.iter().map(|commit| commit.message.as_str()).collect::<Vec<_>>(), ["four", "three"]);

    // Later flows do not count, nor does what another branch of the repositories came to.
    assert_eq!(since(&by_hand).await?.items.iter().map(|item| item.flow.id).collect::<Vec<_>>(), [second.id]);
    let other = api.completed(&api.start_with(&branch, &json!({"branch_name": "feature/x"})).await?).await?;
    let told = since(&other).await?;
    assert!(told.green.is_none() && told.items.is_empty() && told.flows == 1, "{told:?}");

    let nobody = refusal(api.get::<Value>("/api/flows/01kjm8p00000000000000000f1/changes/since-green").await)?;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    home.end([]).await
}
