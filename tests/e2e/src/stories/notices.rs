//! People and other programs are told of runs.

use anyhow::{Context, Result};
use kraken_githosts::message::signature;
use kraken_harness::{FarGitHost, FarSide, Reply, code, eventually, recorded};
use kraken_protocol::api::{FlowView, NoticeView};
use serde_json::{Value, json};

use crate::story::Story;

pub(crate) async fn a_failing_run_is_told_to_everybody_who_wants_to_know(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let (address, discord) = (FarSide::start().await?, FarSide::start().await?);
    // Once it is busy.
    address.answers([Reply::status(503)]);
    let told = json!({
        "webhook": {"url": format!("{}/kraken", address.url()), "secret": "#{args.key}", "on": ["start", "failure"]},
        "discord": {"webhook": format!("{}/hooks/7", discord.url()), "on": ["failure"]},
    });
    let job = story.job("job", &[json!({"tool": "shell", "cmd": "false"})]);
    let parameters = [json!({"name": "key", "type": "string", "default": "k3y"})];
    let build = code(&json!({"parent": "root", "parameters": parameters, "jobs": [job], "notification": told}));
    let branch = story.branch(&[("build", build)]).await?;
    let flow = story.api.completed(&story.api.start(&branch).await?).await?;
    let run = story.api.runs(&flow).await?.pop().context("a flow has runs")?;

    let notices = eventually("everybody to be told", async || {
        story.place.tick().await?;
        let notices: Vec<NoticeView> = story.api.list(&format!("/api/runs/{}/notices", run.id)).await?;
        Ok(Some(notices).filter(|notices| notices.len() == 3 && notices.iter().all(|notice| notice.state == "sent")))
    })
    .await?;
    assert_eq!(notices.iter().map(|notice| notice.attempts).sum::<u32>(), 4, "one was tried twice: {notices:?}");

    let heard = address.hears(3).await?;
    let mut events: Vec<&str> = heard.iter().map(|heard| heard.header("x-kraken-event")).collect();
    events.sort_unstable();
    events.dedup();
    assert_eq!(events, ["run.failure", "run.start"]);
    for heard in &heard {
        let sent_at: i64 = heard.header("x-kraken-timestamp").parse()?;
        assert_eq!(heard.header("x-kraken-signature"), format!("v1={}", signature("k3y", sent_at, &heard.body)));
    }
    assert_eq!(discord.hears(1).await?.len(), 1);
    story.end([agent]).await
}

pub(crate) async fn a_commit_is_judged_once(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let far = FarSide::start().await?;
    let job = story.job("job", &[json!({"tool": "shell", "cmd": "true"})]);
    let told = json!({"github": {"credentials": "status", "url": far.url()}});
    let branch = story.branch(&[]).await?;
    let secret = json!({"kind": "simple", "value": "gh-t0ken-of-this-story"});
    story.api.put::<Value>(&format!("/api/projects/{}/secrets/status", story.name()), &secret).await?;
    let build = code(&json!({"parent": "root", "jobs": [job], "notification": told}));
    story.api.add_stage(&branch, "build", &build).await?;
    let path = format!("/api/projects/{}/webhooks/github", story.name());
    let made: Value = story.api.put(&path, &json!({})).await?;
    let host = FarGitHost::new(&story.api, &path, "github", made["secret"].as_str().context("it has a key")?);
    let mut push = recorded("github", "push")?;
    push["ref"] = json!("refs/heads/main");
    host.sends("push", "judged", &push).await?.error_for_status()?;

    let flow = eventually("a flow for the push", async || {
        let flows: Vec<FlowView> = story.api.list(&format!("/api/branches/{branch}/flows")).await?;
        Ok(flows.into_iter().next())
    })
    .await?;
    let flow = story.api.completed(&flow).await?;
    let run = story.api.runs(&flow).await?.pop().context("a flow has runs")?;
    eventually("the commit to be judged", async || {
        story.place.tick().await?;
        let notices: Vec<NoticeView> = story.api.list(&format!("/api/runs/{}/notices", run.id)).await?;
        Ok((notices.len() == 2 && notices.iter().all(|notice| notice.settled_at.is_some())).then_some(()))
    })
    .await?;
    story.place.tick().await?;
    let heard = far.told();
    let after = push["after"].as_str().context("a push has a commit")?;
    let mut states: Vec<String> = Vec::new();
    for told in &heard {
        assert!(told.path.ends_with(&format!("/repos/{}/statuses/{after}", push["repository"]["full_name"].as_str().unwrap_or_default())));
        assert_eq!(told.header("authorization"), "Bearer gh-t0ken-of-this-story");
        states.push(told.json()?["state"].as_str().unwrap_or_default().to_owned());
    }
    // The start is overtaken where the end is known before anybody told of it.
    assert!(states == ["pending", "success"] || states == ["success"], "{states:?}");
    story.end([agent]).await
}
