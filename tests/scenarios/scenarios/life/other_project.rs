//! A branch moves to another project, and everything of it is there afterwards, for the people of that project alone.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result};
use kraken_control::Control;
use kraken_domain::{BranchId, ProjectId, flow::FlowKind, job::Outcome, run::RunState, trigger::TriggerKind};
use kraken_harness::{Api, HandAgent, Home, child, code, ended, eventually, job, refusal, shell, stage};
use kraken_protocol::api::{AuditView, BranchView, FlowView, FoundLogs, JobView, Page, ProjectView, StageView, TokenMade};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A project without branches.
pub(crate) async fn project(api: &Api, name: &str) -> Result<ProjectId> {
    let made: ProjectView = api.post("/api/projects", &json!({"name": name})).await?;
    Ok(made.id)
}

pub(crate) async fn move_to(api: &Api, branch: &str, project: ProjectId) -> Result<BranchView> {
    api.post(&format!("/api/branches/{branch}/move"), &json!({"project": project})).await
}

/// The projects that the branch and all that follows it say they are of: its stages, triggers, flows, runs and jobs.
pub(crate) async fn projects_of(control: &Control, branch: BranchId) -> Result<BTreeSet<ProjectId>> {
    let store = &control.store;
    let mut found = BTreeSet::from([store.branch(branch).await?.context("the branch is there")?.project]);
    for stage in store.stages(branch).await? {
        found.insert(stage.project);
        found.extend(store.triggers(stage.id).await?.iter().map(|trigger| trigger.project));
    }
    for kind in FlowKind::ALL {
        for listed in store.flows(branch, kind, 1000, None).await?.items {
            let flow = store.flow(listed.id).await?.context("the flow is there")?;
            found.extend([listed.project, flow.project]);
            for run in store.runs(flow.id).await? {
                found.insert(run.project);
                let mut after = None;
                loop {
                    let jobs = store.jobs(run.id, 200, after.as_ref()).await?;
                    found.extend(jobs.items.iter().map(|job| job.project));
                    after = jobs.next;
                    if after.is_none() {
                        break;
                    }
                }
            }
        }
    }
    Ok(found)
}

/// A flow whose jobs an agent played by hand says are ok.
pub(crate) async fn by_hand(api: &Api, agent: &HandAgent, branch: &str, jobs: usize) -> Result<FlowView> {
    let flow = api.start(branch).await?;
    for _ in 0..jobs {
        agent.finish(&agent.take().await?, Outcome::Ok).await?;
    }
    api.completed(&flow).await
}

/// A client with these roles alone.
async fn with_roles(home: &Home, name: &str, grants: Value) -> Result<Api> {
    let made: TokenMade = home.api().post("/api/tokens", &json!({"name": name, "grants": grants})).await?;
    Ok(home.api().with_token(Some(&made.secret)))
}

async fn status(api: &Api, path: &str) -> Result<StatusCode> {
    Ok(api.request(Method::GET, path).send().await?.status())
}

fn nightly() -> String {
    let jobs = [job("job", &[json!({"tool": "shell", "cmd": "true"})])];
    code(&json!({"parent": "root", "triggers": {"parent": false, "interval": "10m"}, "jobs": jobs}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_takes_all_that_is_its_own_along() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[]).await?;
    let (path, id): (_, BranchId) = (format!("/api/branches/{branch}"), branch.parse()?);
    let from = api.get::<BranchView>(&path).await?.project;
    api.put::<Value>(&format!("{path}/secrets/token"), &json!({"kind": "simple", "value": "hunter-22"})).await?;
    api.put::<Value>(&format!("/api/projects/{from}/secrets/shared"), &json!({"kind": "simple", "value": "hunter-33"})).await?;
    api.put::<Value>(&format!("{path}/data"), &json!({"seen": 7})).await?;
    let build = api.add_stage(&branch, "build", &shell("echo #{secrets.token}")).await?;
    api.add_stage(&branch, "test", &child("build", "true")).await?;
    api.add_stage(&branch, "nightly", &nightly()).await?;
    let old = by_hand(&api, &agent, &branch, 2).await?;
    let to = project(&api, "new").await?;

    let moved = move_to(&api, &branch, to).await?;
    assert_eq!((moved.id, moved.project, moved.name.as_str()), (id, to, "main"));
    assert_eq!(projects_of(home.server()?.control(), id).await?, BTreeSet::from([to]), "a small branch is moved when the call returns");
    let again = move_to(&api, &branch, to).await?;
    assert_eq!(again.project, to, "asked for twice, it is the same");

    // It is in the lists of the one, and not of the other, under its name.
    let names = async |project: ProjectId| -> Result<Vec<String>> {
        let branches: Vec<BranchView> = api.list(&format!("/api/projects/{project}/branches")).await?;
        Ok(branches.into_iter().map(|branch| branch.name).collect())
    };
    assert_eq!((names(from).await?, names(to).await?), (vec![], vec!["main".to_owned()]));
    assert_eq!(api.get::<BranchView>("/api/projects/new/branches/main").await?.id, id);
    assert_eq!(status(&api, "/api/projects/old/branches/main").await?, StatusCode::NOT_FOUND);
    let free: BranchView = api.post("/api/projects/old/branches", &json!({"name": "main"})).await?;
    assert_eq!(free.project, from, "its old name is free");

    // What is its own is there: secrets, data, numbers, history.
    assert_eq!(api.get::<Value>(&format!("{path}/data")).await?, json!({"seen": 7}));
    let next = api.start(&branch).await?;
    assert_eq!((next.label.as_str(), next.sequence), ("2.", 2));
    let order = agent.take().await?;
    assert_eq!(order.secrets["token"], "hunter-22");
    agent.finish(&order, Outcome::Ok).await?;
    agent.finish(&agent.take().await?, Outcome::Ok).await?;
    let next = api.completed(&next).await?;
    let listed: Vec<FlowView> = api.list(&format!("{path}/flows")).await?;
    assert_eq!(listed.iter().map(|flow| flow.id).collect::<Vec<_>>(), [next.id, old.id]);

    // What is the project's is not.
    let cloning = stage(&[json!({"tool": "git", "checkout": "https://git.test/a.git", "access-token": "shared"})]);
    let refused = refusal(api.put::<StageView>(&format!("/api/stages/{build}"), &json!({"code": cloning})).await)?;
    assert!(refused.problem.errors.iter().any(|error| error.message.contains("\"shared\"")), "{refused}");

    // The clock goes on starting what it started.
    home.pass(Duration::from_secs(620)).await?;
    let flows: Vec<FlowView> = api.list(&format!("{path}/flows")).await?;
    assert_eq!((flows.len(), flows[0].reason.as_str()), (3, TriggerKind::Interval.as_str()));
    api.post::<Value>(&format!("/api/flows/{}/cancel", flows[0].id), &json!({})).await?;
    api.completed(&flows[0]).await?;

    // And back, while the move before is still looked after.
    assert!(home.server()?.control().store.branch_move(id).await?.is_some());
    let taken = refusal(move_to(&api, &branch, from).await)?;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.problem.detail.contains("\"old\"") && taken.problem.detail.contains("\"main\""), "{taken}");
    api.put::<BranchView>(&format!("/api/branches/{}", free.id), &json!({"name": "other"})).await?;
    move_to(&api, &branch, from).await?;
    assert_eq!(projects_of(home.server()?.control(), id).await?, BTreeSet::from([from]));
    home.pass(Duration::from_secs(16 * 60)).await?;
    home.pass(Duration::from_secs(11 * 60)).await?;
    assert!(home.server()?.control().store.branch_move(id).await?.is_none(), "that was it");

    // The old project knows who did it.
    let audit: Page<AuditView> = api.get(&format!("/api/audit?project={from}")).await?;
    let entry = audit.items.iter().find(|entry| entry.path == format!("{path}/move")).context("the move is in the audit log")?;
    assert_eq!(entry.action, "POST /api/branches/{branch}/move");
    for flow in api.list::<FlowView>(&format!("{path}/flows")).await? {
        if flow.state != "completed" {
            api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        }
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_named() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[("build", &shell("true"))]).await?;
    let to = project(&api, "new").await?;
    let mut flows = Vec::new();
    for _ in 0..5 {
        flows.push(api.start(&branch).await?);
    }
    let dev: FlowView = api.start_with(&branch, &json!({"kind": "dev"})).await?;
    let refused = refusal(move_to(&api, &branch, to).await)?;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.problem.detail.contains("6 flows") && refused.problem.detail.contains("\"5.\" (ci)"), "{refused}");
    for flow in &flows {
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(flow).await?;
    }
    let refused = refusal(move_to(&api, &branch, to).await)?;
    assert!(refused.problem.detail.contains("a flow in progress") && refused.problem.detail.contains("(dev)"), "{refused}");
    api.post::<Value>(&format!("/api/flows/{}/cancel", dev.id), &json!({})).await?;
    api.completed(&dev).await?;

    // An archived branch is one, too.
    api.put::<BranchView>(&format!("/api/branches/{branch}"), &json!({"archived": true})).await?;
    let moved = move_to(&api, &branch, to).await?;
    assert!(moved.archived_at.is_some());
    assert_eq!(projects_of(home.server()?.control(), branch.parse()?).await?, BTreeSet::from([to]));
    let nowhere = refusal(move_to(&api, &branch, ProjectId::new(1, 1)).await)?;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(api.request(Method::DELETE, "/api/projects/old").send().await?.status().is_success(), "nothing is left in the old project");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_the_other_project_see_it_and_nobody_else() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "echo a cassowary; echo x > file"}), json!({"tool": "artifacts", "source": "file"})];
    let branch = api.branch_with("old", &[("build", &stage(&steps))]).await?;
    let from = api.get::<BranchView>(&format!("/api/branches/{branch}")).await?.project;
    let to = project(&api, "new").await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let done: JobView = api.only_job(&flow).await?;
    ended(&done, Outcome::Ok)?;
    let found = async |api: &Api, query: &str| -> Result<Vec<(Option<String>, String)>> {
        let found: FoundLogs = api.get(&format!("/api/logs?q=cassowary&{query}")).await?;
        Ok(found.items.into_iter().map(|line| (line.project, line.text)).collect())
    };
    let line = |project: ProjectId| vec![(Some(project.to_string()), "a cassowary".to_owned())];
    eventually("the line to be found", async || Ok((!found(&api, "limit=10").await?.is_empty()).then_some(()))).await?;

    let viewer = |project: ProjectId| json!([{"project": project, "role": "viewer"}]);
    let (old, new) = (with_roles(&home, "of-old", viewer(from)).await?, with_roles(&home, "of-new", viewer(to)).await?);
    let stage_id = api.list::<StageView>(&format!("/api/branches/{branch}/stages")).await?[0].id;
    let paths = [
        format!("/api/branches/{branch}"),
        format!("/api/branches/{branch}/flows"),
        format!("/api/branches/{branch}/data"),
        format!("/api/stages/{stage_id}"),
        format!("/api/flows/{}", flow.id),
        format!("/api/flows/{}/artifacts", flow.id),
        format!("/api/runs/{}", done.id.run),
        format!("/api/runs/{}/jobs", done.id.run),
        format!("/api/jobs/{}", done.id),
        format!("/api/jobs/{}/log", done.id),
        format!("/api/logs?flow={}", flow.id),
        format!("/api/logs?branch={branch}"),
    ];
    let queries = [format!("flow={}", flow.id), format!("job={}", done.id), format!("branch={branch}")];
    let sees = async |who: &Api, all: bool| -> Result<()> {
        for path in &paths {
            let expected = if all { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status(who, path).await?, expected, "{path}");
        }
        Ok(())
    };
    sees(&old, true).await?;
    sees(&new, false).await?;
    assert_eq!(found(&old, &format!("project={from}")).await?, line(from));

    // Only who is an administrator of both may do it; whether there is another project is nobody else's business.
    let admin = |projects: &[ProjectId]| Value::from(projects.iter().map(|id| json!({"project": id, "role": "admin"})).collect::<Vec<_>>());
    for (name, project) in [("old-admin", from), ("new-admin", to)] {
        let one = with_roles(&home, name, admin(&[project])).await?;
        let mut said = Vec::new();
        for target in [to, ProjectId::new(1, 1)] {
            let refused = refusal(move_to(&one, &branch, target).await)?;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
            said.push(refused.problem.detail.replace(&target.to_string(), "it"));
        }
        if project == from {
            assert_eq!(said[0], said[1]);
        }
    }
    let both = with_roles(&home, "both", json!([{"project": null, "role": "admin"}])).await?;
    move_to(&both, &branch, to).await?;

    sees(&old, false).await?;
    sees(&new, true).await?;
    assert_eq!(found(&old, &format!("project={from}")).await?, [], "its lines say where they were written; that does not count");
    for query in &queries {
        assert_eq!(found(&new, query).await?, line(to), "{query}");
        assert_eq!(refusal(old.get::<Value>(&format!("/api/logs?{query}")).await)?.status, StatusCode::FORBIDDEN, "{query}");
    }
    let lines: Vec<String> = new
        .get::<kraken_protocol::api::LogLines>(&format!("/api/jobs/{}/log", done.id))
        .await?
        .lines
        .into_iter()
        .map(|line| line.text)
        .collect();
    assert!(lines.contains(&"a cassowary".to_owned()), "{lines:?}");

    // What it prints from now on is the other project's by itself.
    let later = api.run_one(&branch).await?;
    ended(&later, Outcome::Ok)?;
    eventually("the new line", async || Ok((found(&new, &format!("project={to}")).await? == line(to)).then_some(()))).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_is_repeated_in_an_old_flow_runs_in_the_other_project() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[("build", &shell("true")), ("deploy", &child("build", "true"))]).await?;
    let flow = by_hand(&api, &agent, &branch, 2).await?;
    let to = project(&api, "new").await?;
    move_to(&api, &branch, to).await?;
    let run = flow.runs.context("runs")?[0].id;
    api.post::<Value>(&format!("/api/runs/{run}/rerun"), &json!({"jobs": "all"})).await?;
    agent.finish(&agent.take().await?, Outcome::Ok).await?;
    let control = home.server()?.control();
    eventually("the run to be processed", async || {
        let run = control.store.run(run).await?.context("the run")?;
        Ok(matches!(run.state, RunState::Processed { .. }).then_some(()))
    })
    .await?;
    assert_eq!(projects_of(control, branch.parse()?).await?, BTreeSet::from([to]));
    home.end([]).await
}
