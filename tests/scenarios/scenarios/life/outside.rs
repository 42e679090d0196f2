//! Badges, CCTray and feeds: for everyone where the branch is open, else only with a token.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{Home, code, shell};
use kraken_protocol::api::{BranchView, FlowView};
use reqwest::Method;
use serde_json::{Value, json};

/// Status, content type and body of an answer, asked for with or without a token.
async fn got(home: &Home, path: &str, token: bool) -> Result<(u16, String, String)> {
    let api = if token { home.api() } else { home.api().with_token(None) };
    let answer = api.request(Method::GET, path).send().await?;
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    Ok((answer.status().as_u16(), kind, answer.text().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_tells_how_the_newest_finished_flow_ended() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("a <stage> & \"more\"", &shell("true"))]).await?;
    let paths = ["badges/build.svg", "cctray.xml", "feed.atom"].map(|what| format!("/api/branches/{branch}/{what}"));
    for path in &paths {
        assert_eq!(got(&home, path, false).await?.0, 404, "{path} is closed, and as if it were not there");
        assert_eq!(got(&home, path, true).await?.0, 200, "{path}");
    }
    let strangers = home.api().with_token(Some("kru_nobody"));
    assert_eq!(strangers.request(Method::GET, &paths[0]).send().await?.status().as_u16(), 401);
    assert_eq!(got(&home, "/api/projects/demo/cctray.xml", false).await?.0, 404);

    let _: BranchView = api.put(&format!("/api/branches/{branch}"), &json!({"public": true})).await?;
    let (status, kind, svg) = got(&home, &paths[0], false).await?;
    assert_eq!((status, kind.as_str()), (200, "image/svg+xml"));
    assert!(svg.contains("aria-label=\"build: no flows\""), "{svg}");

    let agent = home.agent_by_hand().await?;
    for (outcome, word, status) in [(Outcome::Ok, "passing", "Success"), (Outcome::StepError, "failing", "Failure")] {
        let flow = api.start(&branch).await?;
        let order = agent.take().await?;
        let tray = got(&home, &paths[1], false).await?.2;
        assert!(tray.contains("activity=\"Building\""), "{tray}");
        agent.finish(&order, outcome).await?;
        api.completed(&flow).await?;
        let svg = got(&home, &paths[0], false).await?.2;
        assert!(svg.contains(&format!("build: {word}")), "{svg}");
        for path in [&paths[1], "/api/projects/demo/cctray.xml"] {
            let tray = got(&home, path, false).await?.2;
            assert!(tray.contains(&format!("activity=\"Sleeping\" lastBuildStatus=\"{status}\"")), "{tray}");
            assert!(tray.contains("a &lt;stage&gt; &amp; &quot;more&quot;"), "{tray}");
        }
        let feed = got(&home, &paths[2], false).await?.2;
        assert!(feed.contains(&format!("urn:kraken:flow:{}", flow.id)), "{feed}");
    }
    let feed = got(&home, &paths[2], false).await?.2;
    let first = feed.find("2. failed").context("the second flow failed")?;
    assert!(first < feed.find("1. passed").context("the first flow passed")?, "newest first: {feed}");

    // What was cancelled says nothing about the code.
    let flow = api.start(&branch).await?;
    api.request(Method::POST, &format!("/api/flows/{}/cancel", flow.id)).send().await?.error_for_status()?;
    api.completed(&flow).await?;
    assert!(got(&home, &paths[0], false).await?.2.contains("build: failing"));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_enabled_stage_is_told_also_one_that_ran_long_ago_or_never() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let quick = |triggers: Value| code(&json!({"parent": "root", "triggers": triggers, "jobs": []}));
    let by_clock = |hours: u64| -> Result<String> {
        let date = home.server()?.control().clock.now().checked_add(std::time::Duration::from_secs(hours * 3600))?;
        Ok(quick(json!({"parent": false, "date": date.to_string()})))
    };
    let branch = api.branch_with("demo", &[("build", &quick(json!({}))), ("nightly", &by_clock(1)?), ("never", &by_clock(999)?)]).await?;
    let gone = api.add_stage(&branch, "gone", &quick(json!({}))).await?;
    api.put::<Value>(&format!("/api/stages/{gone}"), &json!({"enabled": false})).await?;
    // The night comes once, and then many flows without it.
    home.pass(std::time::Duration::from_secs(3660)).await?;
    for _ in 0..30 {
        api.start(&branch).await?;
    }
    let newest: Vec<FlowView> = api.list(&format!("/api/branches/{branch}/flows")).await?;
    for flow in &newest {
        api.completed(flow).await?;
    }
    assert_eq!(newest.len(), 31);
    let tray = got(&home, &format!("/api/branches/{branch}/cctray.xml"), true).await?.2;
    let rows: Vec<&str> = tray.lines().filter(|line| line.contains("<Project ")).collect();
    let row = |stage: &str| rows.iter().find(|row| row.contains(&format!("/ {stage}\""))).copied().unwrap_or_default();
    assert_eq!(rows.len(), 3, "{tray}");
    assert!(row("build").contains("lastBuildStatus=\"Success\" lastBuildLabel=\"31.\""), "{tray}");
    assert!(row("nightly").contains("lastBuildStatus=\"Success\" lastBuildLabel=\"1.\""), "{tray}");
    assert!(row("never").contains("activity=\"Sleeping\" lastBuildStatus=\"Unknown\""), "{tray}");
    home.end([]).await
}
