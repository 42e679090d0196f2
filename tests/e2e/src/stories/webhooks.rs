//! A git host tells of a push.

use anyhow::{Context, Result};
use kraken_domain::run::RunResult;
use kraken_harness::{FarGitHost, eventually, recorded};
use kraken_protocol::api::{DeliveryView, FlowView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_push_starts_a_flow_once(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let stage = story.shell("echo from #{flow.trigger.branch}");
    let branch = story.branch(&[("build", stage)]).await?;
    let path = format!("/api/projects/{}/webhooks/github", story.name());
    let made: Value = story.api.put(&path, &json!({})).await?;
    let host = FarGitHost::new(&story.api, &path, "github", made["secret"].as_str().context("it has a key")?);

    let mut push = recorded("github", "push")?;
    push["ref"] = json!("refs/heads/main");
    let refused = host.with_secret("a guess").sends("push", "d-1", &push).await?;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    for name in ["d-1", "d-1", "d-2"] {
        assert_eq!(host.sends("push", name, &push).await?.status(), StatusCode::ACCEPTED);
    }
    let flow = eventually("a flow for the push", async || {
        let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{branch}/flows")).await?;
        Ok(flows.into_iter().next())
    })
    .await?;
    assert_eq!((flow.reason.as_str(), flow.branch_name.as_str()), ("webhook", "main"));
    let flow = story.api.completed(&flow).await?;
    assert_eq!(flow.runs.clone().context("a flow has runs")?[0].result, Some(RunResult::Ok));
    let job = story.api.only_job(&flow).await?;
    assert!(story.api.log(&job).await?.iter().any(|line| line.contains("from main")));

    story.place.tick().await?;
    let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{branch}/flows")).await?;
    let told: Vec<DeliveryView> = story.api.list(&format!("{path}/deliveries")).await?;
    assert_eq!((flows.len(), told.len(), told[0].outcomes[0].flow), (1, 1, Some(flow.id)));
    story.end([agent]).await
}
