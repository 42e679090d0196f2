//! People and other programs are told of runs.

use anyhow::{Context, Result};
use kraken_githosts::message::signature;
use kraken_harness::{FarSide, Reply, code, eventually};
use kraken_protocol::api::NoticeView;
use serde_json::json;

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
