//! The queue as people see it.

use anyhow::Result;
use kraken_harness::{Home, code, refusal, wait_until};
use kraken_protocol::api::{FlowView, ProjectView, QueueView, TokenMade};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A root stage with a job of each of these names for an agent of that group.
fn waiting_for(group: &str, names: &[&str]) -> String {
    let job = |name: &&str| json!({"name": name, "steps": [{"tool": "shell", "cmd": "true"}], "environments": [{"system": "any", "agents_group": group}]});
    code(&json!({"parent": "root", "jobs": names.iter().map(job).collect::<Vec<_>>()}))
}

fn said(view: &QueueView) -> Vec<(String, Option<u32>)> {
    view.items.iter().map(|job| (format!("{} {}", job.flow_label, job.name), job.position)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_says_what_waits_in_which_order_and_why() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "gpu"})).await?;
    let plain = api.branch_with("plain", &[("build", &waiting_for("all", &["a", "b"]))]).await?;
    let special = api.branch_with("special", &[("train", &waiting_for("gpu", &["x"]))]).await?;
    let mut flows: Vec<FlowView> = Vec::new();
    for branch in [&plain, &special, &plain] {
        flows.push(api.start(branch).await?);
    }

    let view: QueueView = api.get("/api/queue").await?;
    let named = |name: &str, position| (name.to_owned(), Some(position));
    assert_eq!(said(&view), [named("1. a", 1), named("1. b", 2), named("1. x", 1), named("2. a", 3), named("2. b", 4)]);
    let x = &view.items[2];
    assert_eq!((x.project_name.as_str(), x.branch_name.as_str(), x.stage_name.as_str()), ("special", "main", "train"));
    assert_eq!((x.agents_group.as_str(), x.system.as_str(), x.executor.as_str()), ("gpu", "any", "local"));
    assert_eq!(x.reason, "no agent is in the group \"gpu\" yet: enrol one");
    let groups: Vec<_> =
        view.groups.iter().map(|group| (group.group.as_str(), group.idle, group.busy, group.waiting, group.more)).collect();
    assert_eq!(groups, [("all", 0, 0, 4, false), ("gpu", 0, 0, 1, false)]);

    // Page by page it is the same, with the same places.
    for limit in 1..=4 {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: QueueView = api.get(&format!("/api/queue?limit={limit}{cursor}")).await?;
            assert!(page.items.len() <= limit && page.groups.is_empty() != cursor.is_empty());
            rows.extend(said(&page));
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(rows, said(&view), "{limit}");
    }
    let gpu: QueueView = api.get("/api/queue?group=gpu").await?;
    assert_eq!((gpu.items.len(), gpu.groups.len()), (1, 1));
    let none: QueueView = api.get("/api/queue?group=nobody").await?;
    assert!(none.items.is_empty() && none.next.is_none());

    // An agent comes: what it can do goes on, and the other says what excludes it.
    let agent = home.agent().await?;
    for flow in [&flows[0], &flows[2]] {
        api.completed(flow).await?;
    }
    let idle = async || {
        let view: QueueView = api.get("/api/queue").await?;
        Ok(view.groups[0].idle == 1)
    };
    wait_until("the agent to be idle again", idle).await?;
    let view: QueueView = api.get("/api/queue").await?;
    assert_eq!(said(&view), [named("1. x", 1)]);
    assert_eq!((view.groups[0].idle, view.groups[1].idle, view.groups[1].waiting), (1, 0, 1));

    api.post::<Value>(&format!("/api/flows/{}/cancel", flows[1].id), &json!({})).await?;
    api.completed(&flows[1]).await?;
    let view: QueueView = api.get("/api/queue").await?;
    assert!(view.items.is_empty());
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_jobs_of_projects_that_are_not_theirs() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let mine = api.branch_with("mine", &[("build", &waiting_for("all", &["a"]))]).await?;
    let other = api.branch_with("other", &[("build", &waiting_for("all", &["b", "c"]))]).await?;
    let (project, theirs): (ProjectView, ProjectView) = (api.get("/api/projects/mine").await?, api.get("/api/projects/other").await?);
    for (name, owner) in [("everybodys", None), ("own", Some(project.id)), ("theirs", Some(theirs.id)), ("theirs-idle", Some(theirs.id))] {
        api.post::<Value>("/api/groups", &json!({"name": name, "project": owner})).await?;
    }
    let branch: Value = api.post("/api/projects/other/branches", &json!({"name": "next"})).await?;
    let next = branch["id"].as_str().unwrap();
    api.add_stage(next, "train", &waiting_for("theirs", &["x"])).await?;
    let flows = [api.start(&other).await?, api.start(&mine).await?, api.start(next).await?];
    let made: TokenMade =
        api.post("/api/tokens", &json!({"name": "viewer", "grants": [{"project": project.id, "role": "viewer"}]})).await?;
    let viewer = api.with_token(Some(&made.secret));

    let view: QueueView = viewer.get("/api/queue").await?;
    assert_eq!(said(&view), [("1. a".to_owned(), Some(3))], "others are before it, whoever they are");
    let groups = |view: &QueueView| view.groups.iter().map(|group| (group.group.clone(), group.waiting)).collect::<Vec<_>>();
    let seen = |names: &[(&str, u32)]| names.iter().map(|(name, waiting)| ((*name).to_owned(), *waiting)).collect::<Vec<_>>();
    assert_eq!(groups(&view), seen(&[("all", 3), ("everybodys", 0), ("own", 0)]));
    let all: QueueView = api.get("/api/queue").await?;
    assert_eq!(groups(&all), seen(&[("all", 3), ("everybodys", 0), ("own", 0), ("theirs", 1), ("theirs-idle", 0)]));
    let first: QueueView = viewer.get("/api/queue?limit=2").await?;
    assert!(first.items.is_empty() && first.next.is_some());

    for (wrong, path) in
        [("limit=0", "/query/limit"), ("limit=201", "/query/limit"), ("cursor=nonsense", "/cursor"), ("limit=all", "/query")]
    {
        let refused = refusal(api.get::<Value>(&format!("/api/queue?{wrong}")).await)?;
        assert_eq!((refused.status, refused.problem.errors[0].path.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, path), "{wrong}");
    }
    assert_eq!(refusal(api.with_token(None).get::<Value>("/api/queue").await)?.status, StatusCode::UNAUTHORIZED);
    for flow in &flows {
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(flow).await?;
    }
    home.end([]).await
}
