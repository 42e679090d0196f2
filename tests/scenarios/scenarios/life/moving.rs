//! Everything moves to another system: export here, import there.

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, refusal, stage};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_project_moves_with_flows_logs_and_artifacts_also_at_the_second_try() -> Result<()> {
    let mut old = Home::start().await?;
    let agent = old.agent().await?;
    let steps = [
        json!({"tool": "shell", "cmd": "echo Grüße; head -c 9000000 /dev/urandom > big.bin; : > empty.txt; echo one > 'é 1.txt'"}),
        json!({"tool": "artifacts", "source": ["big.bin", "empty.txt", "é 1.txt"]}),
    ];
    let branch = old.api().branch_with("demo", &[("build", &stage(&steps))]).await?;
    let flow = old.api().completed(&old.api().start(&branch).await?).await?;
    let job = old.api().only_job(&flow).await?;
    ended(&job, Outcome::Ok)?;
    let run = old.api().runs(&flow).await?.remove(0).id;
    let export = old.api().request(Method::GET, "/api/export").send().await?.bytes().await?;
    let file = |path: &str| format!("/api/runs/{run}/artifacts/{path}");
    let big = old.api().request(Method::GET, &file("big.bin")).send().await?.bytes().await?;

    let mut new = Home::start().await?;
    let api = new.api();
    let import = async |body: bytes::Bytes| api.request(Method::POST, "/api/import").body(body).send().await;
    let cut = export.slice(..export.len() / 2);
    let broken = import(cut).await?;
    assert_eq!(broken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let whole = import(export.clone()).await?;
    assert_eq!(whole.status(), StatusCode::NO_CONTENT, "{}", whole.text().await?);
    let again = import(export).await?;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let detail: Value = again.json().await?;
    assert!(detail["detail"].as_str().context("a problem says what it is")?.contains("--no-agent"), "{detail}");

    let moved = api.flow(&flow).await?;
    assert_eq!((moved.state.as_str(), moved.runs.clone().context("its runs")?[0].jobs.total), ("completed", 1));
    assert!(api.log(&job).await?.contains(&"Grüße".to_owned()));
    assert_eq!(api.request(Method::GET, &file("big.bin")).send().await?.bytes().await?, big);
    assert_eq!(api.request(Method::GET, &file("empty.txt")).send().await?.bytes().await?.len(), 0);
    assert_eq!(api.request(Method::GET, &file("%C3%A9%201.txt")).send().await?.bytes().await?, "one\n");
    // The moved system goes on: numbers continue, jobs run.
    assert_eq!(api.agent_named(agent.name()).await?.context("the agent moved")?.state, "offline");
    let worker = new.agent_by_hand().await?;
    let next = api.start(&branch).await?;
    assert_eq!(next.label, "2.");
    let order = worker.take().await?;
    worker.finish(&order, Outcome::Ok).await?;
    api.completed(&next).await?;
    assert!(refusal(api.post::<Value>("/api/import", &json!({})).await)?.status.is_client_error());
    old.end([agent]).await?;
    new.end([]).await
}
