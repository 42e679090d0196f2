//! A git host tells of a push.

use anyhow::{Context, Result};
use kraken_domain::run::RunResult;
use kraken_harness::{FarGitHost, eventually, recorded};
use kraken_protocol::api::{DeliveryView, FlowView};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::story::Story;

/// Kinds of hosts, with what each calls a push.
const HOSTS: [(&str, &str); 2] = [("github", "push"), ("gitlab", "Push Hook")];

pub(crate) async fn a_push_starts_a_flow_once(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let stage = story.shell("echo from #{flow.trigger.branch} of #{flow.trigger.trigger}");
    let branch = story.branch(&[("build", stage)]).await?;
    let flows = async || -> Result<Vec<FlowView>> { story.api.list(&format!("/api/branches/{branch}/flows")).await };
    for (before, (kind, event)) in HOSTS.into_iter().enumerate() {
        let path = format!("/api/projects/{}/webhooks/{kind}", story.name());
        let made: Value = story.api.put(&path, &json!({})).await?;
        let host = FarGitHost::new(&story.api, &path, kind, made["secret"].as_str().context("it has a key")?);

        let mut push = recorded(kind, "push")?;
        push["ref"] = json!("refs/heads/main");
        let refused = host.with_secret("a guess").sends(event, "d-1", &push).await?;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{kind}");
        // Once more under its name; where only the body is signed, under another, too.
        let names: &[&str] = if kind == "github" { &["d-1", "d-1", "d-2"] } else { &["d-1", "d-1"] };
        for name in names {
            let answer = host.sends(event, name, &push).await?;
            assert_eq!(answer.status(), StatusCode::ACCEPTED, "{kind}: {}", answer.text().await?);
        }
        let what = format!("a flow for the push at {kind}");
        let flow = eventually(&what, async || Ok(Some(flows().await?).filter(|flows| flows.len() > before))).await?.remove(0);
        assert_eq!((flow.reason.as_str(), flow.branch_name.as_str()), ("webhook", "main"), "{kind}");
        let flow = story.api.completed(&flow).await?;
        assert_eq!(flow.runs.clone().context("a flow has runs")?[0].result, Some(RunResult::Ok), "{kind}");
        let job = story.api.only_job(&flow).await?;
        assert_eq!(story.api.log(&job).await?, [format!("from main of {kind}-push")]);

        story.place.tick().await?;
        let told: Vec<DeliveryView> = story.api.list(&format!("{path}/deliveries")).await?;
        assert_eq!((flows().await?.len(), told.len(), told[0].outcomes[0].flow), (before + 1, 1, Some(flow.id)), "{kind}");
    }
    story.end([agent]).await
}
