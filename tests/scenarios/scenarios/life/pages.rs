//! Long lists, and what changed since the last look.

use anyhow::Result;
use kraken_harness::{Home, code, refusal, shell};
use kraken_protocol::api::{Changes, FlowView, JobView, Page};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn flows_come_newest_first_and_page_by_page() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    for _ in 0..7 {
        api.start(&branch).await?;
    }
    api.start_with(&branch, &json!({"kind": "dev"})).await?;
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<FlowView> = api.get(&format!("/api/branches/{branch}/flows?limit=3{cursor}")).await?;
        pages.push(page.items.iter().map(|flow| flow.sequence).collect::<Vec<_>>());
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, [vec![7, 6, 5], vec![4, 3, 2], vec![1]]);
    let dev: Page<FlowView> = api.get(&format!("/api/branches/{branch}/flows?kind=dev")).await?;
    assert_eq!(dev.items.len(), 1);

    for (wrong, path) in
        [("limit=0", "/query/limit"), ("limit=201", "/query/limit"), ("limit=many", "/query"), ("cursor=nonsense", "/cursor")]
    {
        let refused = refusal(api.get::<Value>(&format!("/api/branches/{branch}/flows?{wrong}")).await)?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(refused.problem.errors[0].path, path, "{wrong}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_may_have_more_jobs_than_one_commit_takes() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let systems: Vec<String> = (0..230).map(|n| format!("system-{n:03}")).collect();
    let stage = code(&json!({"parent": "root", "jobs": [{
        "name": "job",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": systems, "agents_group": "all"}],
    }]}));
    let branch = api.branch_with("demo", &[("wide", &stage)]).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "wide", "in_progress").await?;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<JobView> = api.get(&format!("/api/runs/{}/jobs?limit=50{cursor}", run.id)).await?;
        assert!(page.items.len() <= 50);
        found.extend(page.items.into_iter().map(|job| job.system));
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, systems);
    assert_eq!(api.runs(&flow).await?[0].jobs.total, 230);

    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    let done = api.completed(&flow).await?;
    assert_eq!(done.runs.unwrap()[0].jobs.error, 230);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_is_told_when_something_changed() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    let job = api.only_job_in(&flow, "running").await?;
    let path = format!("/api/changes?watch=flow:{},run:{},job:{}", flow.id, job.run, job.id);

    let first: Changes = api.get(&path).await?;
    assert_eq!(first.changed.len(), 3);
    let known = format!("\"{}\"", first.etag);
    let ask = async || Ok::<_, anyhow::Error>(api.request(Method::GET, &path).header(header::IF_NONE_MATCH, &known).send().await?);
    assert_eq!(ask().await?.status(), StatusCode::NOT_MODIFIED);

    agent.finish(&order, kraken_domain::job::Outcome::Ok).await?;
    api.completed(&flow).await?;
    let changed: Changes = ask().await?.json().await?;
    for (key, version) in &changed.changed {
        assert_ne!(first.changed[key], *version, "{key}");
    }
    assert!(changed.next_ms > first.next_ms, "over: no hurry any more");

    let refused = refusal(api.get::<Value>("/api/changes?watch=,").await)?;
    assert_eq!(refused.problem.errors[0].path, "/query/watch");
    home.end([]).await
}
