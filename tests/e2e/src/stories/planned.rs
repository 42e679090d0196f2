//! Stages that start by the clock.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_domain::{Timestamp, run::RunResult};
use kraken_harness::eventually;
use kraken_protocol::api::{FlowView, StageView};
use serde_json::json;

use crate::story::Story;

/// From when a stage is saved until its time comes: longer than saving takes.
const SOON: Duration = Duration::from_secs(5);

pub(crate) async fn a_stage_starts_when_its_time_comes(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let branch = story.branch(&[]).await?;
    let due = Timestamp::now().checked_add(SOON)?;
    let code = story.triggered("root", &json!({"parent": false, "date": due.to_string()}), &[json!({"tool": "shell", "cmd": "true"})]);
    let stage = story.api.add_stage(&branch, "late", &code).await?;

    let flow = eventually("a flow that nobody asked for", async || {
        story.place.tick().await?;
        let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{branch}/flows")).await?;
        Ok(flows.into_iter().next())
    })
    .await?;
    assert_eq!(flow.reason, "date");
    let flow = story.api.completed(&flow).await?;
    assert_eq!(flow.runs.context("a flow has runs")?[0].result, Some(RunResult::Ok));

    story.place.tick().await?;
    let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{branch}/flows")).await?;
    let stage: StageView = story.api.get(&format!("/api/stages/{stage}")).await?;
    assert_eq!((flows.len(), stage.triggers[0].last_flow, stage.triggers[0].next_due), (1, Some(flow.id), None));
    story.end([agent]).await
}

pub(crate) async fn an_interval_starts_one_flow_each_time(story: Story) -> Result<()> {
    let branch = story.branch(&[]).await?;
    let code = story.triggered("root", &json!({"parent": false, "interval": "20s"}), &[json!({"tool": "shell", "cmd": "true"})]);
    let stage = story.api.add_stage(&branch, "often", &code).await?;
    let flows = async || -> Result<Vec<FlowView>> { story.api.list(&format!("/api/branches/{branch}/flows")).await };
    let first = eventually("a flow when the interval is over", async || {
        // Two at once: neither starts what the other does.
        let (one, other) = tokio::join!(story.place.tick(), story.place.tick());
        one.and(other)?;
        Ok(flows().await?.into_iter().next())
    })
    .await?;
    story.api.put::<StageView>(&format!("/api/stages/{stage}"), &json!({"enabled": false})).await?;
    story.place.tick().await?;
    let started = flows().await?;
    assert!(first.reason == "interval" && started.len() == 1, "{started:?}");
    let stage: StageView = story.api.get(&format!("/api/stages/{stage}")).await?;
    assert!(stage.triggers.is_empty(), "what is disabled is not due: {:?}", stage.triggers);
    story.api.post::<serde_json::Value>(&format!("/api/flows/{}/cancel", first.id), &json!({})).await?;
    story.end([]).await
}
