//! What an earlier version wrote is made good by this one.

use anyhow::{Context, Result};
use kraken_domain::{StageId, record::Stage};
use kraken_harness::{Home, code, job};
use kraken_protocol::api::FlowParameters;
use kraken_store::Commit;
use serde_json::json;

/// Stages that were saved before the clock started any have no triggers in their record, whatever their code says.
#[tokio::test(flavor = "multi_thread")]
async fn a_stage_of_an_earlier_version_gets_its_triggers_with_the_next_flow() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let build = code(&json!({"parent": "root", "triggers": {"parent": true, "interval": "1h"}, "jobs": [job("one", &steps)]}));
    let branch = api.branch_with("demo", &[]).await?;
    let id: StageId = api.add_stage(&branch, "build", &build).await?.parse()?;
    let control = home.server()?.control();
    let read = control.stage(id).await?;
    assert_eq!((read.rules.len(), control.store.triggers(id).await?.len()), (1, 1));
    let older = Stage { rules: Vec::new(), taken_over: 0, ..read.value.clone() };
    let mut commit = Commit::new();
    commit.replace(&read, &older)?.delete(control.store.triggers(id).await?.first().context("a trigger")?);
    control.store.commit(commit).await?;

    api.start(&branch).await?;
    let triggers = control.store.triggers(id).await?;
    assert!(triggers.len() == 1 && triggers[0].due.is_some(), "{triggers:?}");
    let version = control.stage(id).await?.version;
    api.start(&branch).await?;
    assert_eq!(control.stage(id).await?.version, version, "it is done once");
    home.end([]).await
}

/// Nor had they parameters.
#[tokio::test(flavor = "multi_thread")]
async fn a_stage_of_an_earlier_version_is_asked_for_by_the_form_before_any_flow() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let build = code(&json!({"parent": "root", "parameters": [{"name": "level", "default": "1"}], "jobs": [job("one", &steps)]}));
    let branch = api.branch_with("demo", &[]).await?;
    let id: StageId = api.add_stage(&branch, "build", &build).await?.parse()?;
    let control = home.server()?.control();
    let read = control.stage(id).await?;
    let older = Stage { parameters: Vec::new(), taken_over: 0, ..read.value.clone() };
    let mut commit = Commit::new();
    commit.replace(&read, &older)?;
    control.store.commit(commit).await?;

    let path = format!("/api/branches/{branch}/parameters");
    let form: FlowParameters = api.get(&path).await?;
    assert_eq!(form.items.iter().map(|asked| (asked.name.as_str(), asked.default.as_deref())).collect::<Vec<_>>(), [("level", Some("1"))]);
    let version = control.stage(id).await?.version;
    api.get::<FlowParameters>(&path).await?;
    assert_eq!(control.stage(id).await?.version, version, "it is done once");
    home.end([]).await
}
