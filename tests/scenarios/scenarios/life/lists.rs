//! Lists over many things: flows with their runs, branches with their last flows, jobs by state.

use anyhow::Result;
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{Api, Home, child, code, refusal, shell};
use kraken_protocol::api::{BranchOverview, Changes, FlowView, JobView, Page, ProjectView, TokenMade};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// All pages of a list, and how many there were.
async fn pages<T: serde::de::DeserializeOwned>(api: &Api, path: &str) -> Result<Vec<Vec<T>>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<T> = api.get(&format!("{path}{cursor}")).await?;
        pages.push(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(pages),
        }
    }
}

async fn refused_at(api: &Api, path: &str, field: &str) -> Result<String> {
    let refused = refusal(api.get::<Value>(path).await)?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    assert_eq!(refused.problem.errors[0].path, field, "{path}");
    Ok(refused.problem.errors[0].message.clone())
}

async fn viewer_of(api: &Api, project: &str) -> Result<Api> {
    let project: ProjectView = api.get(&format!("/api/projects/{project}")).await?;
    let made: TokenMade =
        api.post("/api/tokens", &json!({"name": "viewer", "grants": [{"project": project.id, "role": "viewer"}]})).await?;
    Ok(api.with_token(Some(&made.secret)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_flows_says_how_they_went() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let broken = code(&json!({"parent": "build", "triggers": {"parent": true}, "jobs": [
        kraken_harness::job("good", &[json!({"tool": "shell", "cmd": "true"})]),
        kraken_harness::job("bad", &[json!({"tool": "shell", "cmd": "false"})]),
    ]}));
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &broken)]).await?;
    let first = api.completed(&api.start_with(&branch, &json!({"args": {"level": "debug"}})).await?).await?;
    let second = api.completed(&api.start(&branch).await?).await?;
    api.completed(&api.start_with(&branch, &json!({"kind": "dev"})).await?).await?;

    let path = format!("/api/branches/{branch}/flows");
    let plain: Page<FlowView> = api.get(&path).await?;
    assert_eq!(plain.items.iter().map(|flow| flow.id).collect::<Vec<_>>(), [second.id, first.id]);
    assert!(plain.items.iter().all(|flow| flow.runs.is_none() && flow.result == Some(RunResult::Error)), "{plain:?}");

    let with_runs: Page<FlowView> = api.get(&format!("{path}?runs=true")).await?;
    for (flow, alone) in with_runs.items.iter().zip([&second, &first]) {
        let (runs, alone) = (flow.runs.as_ref().unwrap(), alone.runs.as_ref().unwrap());
        let said: Vec<_> = runs.iter().map(|run| (run.id, run.stage_name.as_str(), run.result, run.jobs.total, run.jobs.error)).collect();
        assert_eq!(said[0].1, "build");
        assert_eq!((said[1].1, said[1].2, said[1].3, said[1].4), ("test", Some(RunResult::Error), 2, 1));
        let expected: Vec<_> =
            alone.iter().map(|run| (run.id, run.stage_name.as_str(), run.result, run.jobs.total, run.jobs.error)).collect();
        assert_eq!(said, expected, "the list says what the flow itself says");
        assert!(runs.iter().all(|run| run.args.is_empty()));
    }
    assert_eq!(with_runs.items[1].args["level"], "debug");

    let one_by_one: Vec<Vec<FlowView>> = pages(&api, &format!("{path}?runs=true&limit=1")).await?;
    let runs: Vec<usize> = one_by_one.iter().flatten().map(|flow| flow.runs.as_ref().unwrap().len()).collect();
    assert_eq!(runs, [2, 2]);

    // What is repeated counts anew.
    let failed = &first.runs.as_ref().unwrap()[1];
    api.post::<Value>(&format!("/api/runs/{}/rerun", failed.id), &json!({"jobs": "failed"})).await?;
    let again = api.completed(&first).await?;
    assert_eq!((again.runs.as_ref().unwrap()[1].jobs.total, again.runs.as_ref().unwrap()[1].jobs.error), (2, 1));

    refused_at(&api, &format!("{path}?runs=perhaps"), "/query").await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_that_go_on_are_listed_as_they_stand() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("next", &child("build", "true"))]).await?;
    let empty = api.branch_with("empty", &[]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;

    let listed: Page<FlowView> = api.get(&format!("/api/branches/{branch}/flows?runs=true")).await?;
    assert_eq!((listed.items[0].state.as_str(), listed.items[0].result), ("in_progress", None));
    let run = &listed.items[0].runs.as_ref().unwrap()[0];
    assert_eq!((run.jobs.total, run.jobs.executing, run.jobs.waiting), (1, 1, 0));
    agent.finish(&order, Outcome::Ok).await?;
    let order = agent.take().await?;
    agent.finish(&order, Outcome::Ok).await?;
    api.completed(&flow).await?;

    api.completed(&api.start(&empty).await?).await?;
    let listed: Page<FlowView> = api.get(&format!("/api/branches/{empty}/flows?runs=true")).await?;
    assert_eq!((listed.items.len(), listed.items[0].runs.as_ref().unwrap().len()), (1, 0));
    let none: Page<FlowView> = api.get(&format!("/api/branches/{empty}/flows?runs=true&kind=dev")).await?;
    assert!(none.items.is_empty());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_a_run_are_found_by_state_and_outcome() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let job = |name: &str, cmd: &str, system: &str| json!({"name": name, "steps": [{"tool": "shell", "cmd": cmd}], "environments": [{"system": system, "agents_group": "all"}]});
    let stage = code(&json!({"parent": "root", "jobs": [
        job("one", "true", "any"), job("two", "false", "any"), job("three", "true", "plan9-4"), job("four", "exit 3", "any"),
    ]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.start(&branch).await?;
    let run = api.run_in(&flow, "build", "in_progress").await?;
    kraken_harness::wait_until("three jobs to be over", async || Ok(api.runs(&flow).await?[0].jobs.completed == 3)).await?;

    let path = format!("/api/runs/{}/jobs", run.id);
    let names = async |query: &str| -> Result<Vec<Vec<String>>> {
        let pages: Vec<Vec<JobView>> = pages(&api, &format!("{path}?{query}")).await?;
        Ok(pages.into_iter().map(|page| page.into_iter().map(|job| job.name).collect()).collect())
    };
    assert_eq!(names("state=queued").await?, [["three"]]);
    assert_eq!(names("state=completed&limit=2").await?, [vec!["one", "two"], vec!["four"]]);
    assert_eq!(names("state=running,queued").await?, [["three"]]);
    assert_eq!(names("outcome=step_error").await?, [["two", "four"]]);
    assert_eq!(names("outcome=error&limit=1").await?, [["two"], ["four"]]);
    assert_eq!(names("outcome=ok&state=completed").await?, [["one"]]);
    assert_eq!(names("outcome=cancelled").await?, [Vec::<String>::new()]);
    assert_eq!(names("limit=1000").await?, [["one", "two", "three", "four"]]);

    let said = refused_at(&api, &format!("{path}?state=done"), "/query/state").await?;
    assert!(said.contains("queued, assigned, running, finished, completed"), "{said}");
    let said = refused_at(&api, &format!("{path}?outcome=red"), "/query/outcome").await?;
    assert!(said.contains("ok, step_error"), "{said}");
    refused_at(&api, &format!("{path}?limit=1001"), "/query/limit").await?;
    refused_at(&api, &format!("{path}?state=queued&cursor=nonsense"), "/cursor").await?;

    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    api.completed(&flow).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_branches_come_with_their_last_flows() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let mut branches = Vec::new();
    for project in ["ant", "bee", "cat"] {
        branches.push(api.branch_with(project, &[]).await?);
    }
    for name in ["next", "old"] {
        let made: Value = api.post("/api/projects/bee/branches", &json!({"name": name})).await?;
        branches.push(made["id"].as_str().unwrap().to_owned());
    }
    api.put::<Value>(&format!("/api/branches/{}", branches[4]), &json!({"archived": true})).await?;
    for _ in 0..3 {
        api.completed(&api.start(&branches[1]).await?).await?;
    }
    api.start_with(&branches[1], &json!({"kind": "dev"})).await?;

    let said = |page: &[BranchOverview]| -> Vec<String> {
        page.iter().map(|row| format!("{}/{} {}", row.project_name, row.name, row.flows.len())).collect()
    };
    let all: Vec<Vec<BranchOverview>> = pages(&api, "/api/branches?last=2").await?;
    assert_eq!(said(&all[0]), ["ant/main 0", "bee/main 2", "bee/next 0", "cat/main 0"]);
    assert_eq!(all[0][1].flows.iter().map(|flow| flow.sequence).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(all[0][1].flows[0].result, Some(RunResult::Ok));

    for limit in 1..=5 {
        let some: Vec<Vec<BranchOverview>> = pages(&api, &format!("/api/branches?limit={limit}")).await?;
        let rows: Vec<String> = some.iter().flat_map(|page| said(page)).collect();
        assert_eq!(rows, ["ant/main 0", "bee/main 1", "bee/next 0", "cat/main 0"], "{limit}");
        assert!(some.iter().all(|page| page.len() <= limit));
    }
    let dev: Page<BranchOverview> = api.get("/api/branches?kind=dev&runs=true").await?;
    assert_eq!(said(&dev.items), ["ant/main 0", "bee/main 1", "bee/next 0", "cat/main 0"]);
    assert!(dev.items[1].flows[0].runs.is_some());
    let names: Page<BranchOverview> = api.get("/api/branches?last=0").await?;
    assert!(names.items.iter().all(|row| row.flows.is_empty()));

    let viewer = viewer_of(&api, "bee").await?;
    let theirs: Vec<Vec<BranchOverview>> = pages(&viewer, "/api/branches?limit=1").await?;
    let rows: Vec<String> = theirs.iter().flat_map(|page| said(page)).collect();
    assert_eq!(rows, ["bee/main 1", "bee/next 0"], "nothing of other projects");

    refused_at(&api, "/api/branches?last=51", "/query/last").await?;
    refused_at(&api, "/api/branches?kind=nightly", "/query").await?;
    refused_at(&api, "/api/branches?cursor=nonsense", "/cursor").await?;
    assert_eq!(refusal(api.with_token(None).get::<Value>("/api/branches").await)?.status, StatusCode::UNAUTHORIZED);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_lists_is_told_when_something_changed() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let other = api.branch_with("other", &[("build", &shell("true"))]).await?;
    let keys = [format!("branch:{branch}"), format!("branch:{other}"), "agents".to_owned(), "queue".to_owned()];
    let look = async || -> Result<[u64; 4]> {
        let changes: Changes = api.get(&format!("/api/changes?watch={}", keys.join(","))).await?;
        Ok(keys.each_ref().map(|key| changes.changed[key]))
    };
    let before = look().await?;
    assert_eq!(look().await?, before, "nothing happened");

    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    let running = look().await?;
    assert_ne!(running[0], before[0], "the branch has a flow");
    assert_eq!(running[1], before[1]);
    assert_ne!(running[2], before[2], "the agent is busy");

    // Another one waits for the agent.
    let waits = api.start(&other).await?;
    let waiting = look().await?;
    assert_ne!(waiting[1], running[1]);
    assert_ne!(waiting[3], running[3], "something waits");

    agent.finish(&order, Outcome::Ok).await?;
    api.completed(&flow).await?;
    let order = agent.take().await?;
    let gone = look().await?;
    assert!(gone[0] != waiting[0] && gone[3] == before[3], "{gone:?}");
    // Only what its jobs do has changed of the run.
    assert_ne!(gone[1], waiting[1], "a job was claimed");
    agent.finish(&order, Outcome::Ok).await?;
    api.completed(&waits).await?;

    let viewer = viewer_of(&api, "demo").await?;
    viewer.get::<Changes>(&format!("/api/changes?watch=branch:{branch},agents,queue")).await?;
    // What cannot be told ends nothing else: all tabs of a browser ask with one call.
    let (here, closed, absent) = (format!("branch:{branch}"), format!("branch:{other}"), "branch:01j9zqk3v5w8x2y4t6r7n0m1pb");
    let seen: Changes = viewer.get(&format!("/api/changes?watch={here},{closed},{absent},flow:nonsense,queue:1,agents")).await?;
    assert_eq!(seen.changed.keys().collect::<Vec<_>>(), ["agents", &here]);
    let why = |key: &str| seen.left_out.get(key).map_or("", String::as_str);
    assert_eq!(seen.left_out.len(), 4, "{:?}", seen.left_out);
    assert!(why(&closed).contains("needs the role viewer"), "{}", why(&closed));
    assert_eq!(why(absent), "there is no such thing");
    assert!(why("flow:nonsense").contains("nonsense"), "{}", why("flow:nonsense"));
    assert!(why("queue:1").contains("branch:<id>, agents or queue"), "{}", why("queue:1"));
    let nothing: Changes = viewer.get(&format!("/api/changes?watch={closed}")).await?;
    assert!(nothing.changed.is_empty() && nothing.next_ms >= seen.next_ms && nothing.etag != seen.etag);
    home.end([]).await
}
