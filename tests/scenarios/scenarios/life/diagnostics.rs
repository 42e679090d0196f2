//! How the system is, for those who look after it.

use anyhow::Result;
use kraken_harness::{Home, refusal, shell};
use kraken_protocol::api::{Diagnostics, TokenMade};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_waits_and_who_is_there() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    api.run_one(&branch).await?;

    let seen: Diagnostics = api.get("/api/diagnostics").await?;
    assert_eq!((seen.home.as_str(), seen.version.as_str()), ("local", env!("CARGO_PKG_VERSION")));
    assert!(seen.started_at <= seen.now && seen.uptime_s >= 0);
    assert_eq!(seen.agents.values().sum::<u32>(), 1);
    assert!(!seen.agents_more && seen.importing_since.is_none());
    let queues: Vec<_> = seen.queues.iter().map(|queue| queue.name.as_str()).collect();
    assert_eq!(queues, ["kraken-scheduler.fifo", "kraken-results.fifo", "kraken-notifier", "kraken-indexer"]);
    assert!(seen.queues.iter().all(|queue| queue.waiting.is_some()), "{:?}", seen.queues);
    assert_eq!(seen.queues[2].dead_letters, Some(0));
    let kinds: Vec<_> = seen.due.iter().map(|due| due.kind.as_str()).collect();
    assert_eq!(kinds, ["job", "run", "counts", "agent", "events", "trigger", "delivery", "notice", "retention"]);
    assert!(seen.search.there && seen.search.behind.is_some());

    let grants = json!({"name": "viewer", "grants": [{"project": null, "role": "viewer"}]});
    let viewer: TokenMade = api.post("/api/tokens", &grants).await?;
    let refused = refusal(api.with_token(Some(&viewer.secret)).get::<Value>("/api/diagnostics").await)?;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    home.end([agent]).await
}
