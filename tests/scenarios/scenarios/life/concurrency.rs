//! Runs of which at most one is in progress.

use anyhow::{Context, Result};
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{Api, HandAgent, Home, code, eventually, job, refusal, wait_until};
use kraken_protocol::api::{FlowView, Rerun, RunView};
use serde_json::{Value, json};

fn stage(concurrency: &Value) -> String {
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": "root", "concurrency": concurrency, "jobs": [job("job", &steps)]}))
}

async fn run(api: &Api, flow: &FlowView) -> Result<RunView> {
    api.runs(flow).await?.into_iter().next().context("a flow of one run")
}

async fn started(api: &Api, branch: &str, body: &Value) -> Result<FlowView> {
    let flow = api.start_with(branch, body).await?;
    api.run_in(&flow, "build", "in_progress").await?;
    Ok(flow)
}

async fn finish_next(agent: &HandAgent) -> Result<()> {
    let order = agent.take().await?;
    agent.finish(&order, Outcome::Ok).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_run_supersedes_the_older_one_of_its_branch_and_kind() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&json!({"cancel_in_progress": true})))]).await?;
    let change = json!({"kind": "dev", "branch_name": "feature/one"});
    let other = started(&api, &branch, &json!({"kind": "dev", "branch_name": "feature/two"})).await?;
    let ci = started(&api, &branch, &json!({})).await?;
    let old = started(&api, &branch, &change).await?;
    let new = started(&api, &branch, &change).await?;
    let over = api.run_in(&old, "build", "processed").await?;
    let newer = run(&api, &new).await?;
    assert_eq!((over.superseded_by, over.note), (Some(newer.id), Some(format!("superseded by run {}", newer.id))));
    assert_eq!(api.only_job(&old).await?.outcome, Some(Outcome::Cancelled));
    for flow in [&other, &ci, &new] {
        assert_eq!(run(&api, flow).await?.state, "in_progress");
    }

    // Somebody wants the old one after all.
    let _: Rerun = api.post(&format!("/api/runs/{}/rerun", over.id), &json!({"jobs": "all"})).await?;
    let over = api.run_in(&new, "build", "processed").await?;
    let again = run(&api, &old).await?;
    assert_eq!((over.superseded_by, again.superseded_by, again.state.as_str()), (Some(again.id), None, "in_progress"));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_waits_for_its_turn() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let deploy = stage(&json!({"group": "deploy #{branch.branch_name}"}));
    let branch = api.branch_with("demo", &[("build", &deploy)]).await?;
    let first = started(&api, &branch, &json!({})).await?;
    let first_run = run(&api, &first).await?;
    let waits = async |flow: &FlowView| {
        let waits = format!("waits for its turn behind run {} of its group", first_run.id);
        wait_until("the run to wait", async || Ok(run(&api, flow).await?.note.as_deref() == Some(waits.as_str()))).await
    };
    let second = api.start(&branch).await?;
    waits(&second).await?;
    let third = api.start(&branch).await?;
    waits(&third).await?;
    let over = api.run_in(&second, "build", "processed").await?;
    assert_eq!((over.result, over.superseded_by), (Some(RunResult::Cancelled), Some(run(&api, &third).await?.id)));
    assert_eq!(api.completed(&second).await?.state, "completed");
    home.tick().await?;
    assert_eq!(run(&api, &third).await?.state, "creating", "nobody lets it on before its time");
    // It looks for its turn itself, but not without an end: what is due stands in one line.
    home.pass(std::time::Duration::from_secs(601)).await?;
    let control = home.without_wakeups().await?;
    let owed = control.store.owed(kraken_store::TodoKind::Run, control.clock.now(), 10).await?;
    assert!(owed.is_empty(), "{owed:?}");

    let agent = home.agent_by_hand().await?;
    finish_next(&agent).await?;
    api.completed(&first).await?;
    api.run_in(&third, "build", "in_progress").await?;
    let said = refusal(api.post::<Rerun>(&format!("/api/runs/{}/rerun", first_run.id), &json!({"jobs": "all"})).await)?;
    assert!(said.status == 409 && said.problem.detail.contains("same concurrency group"), "{said}");
    finish_next(&agent).await?;
    assert_eq!(run(&api, &api.completed(&third).await?).await?.result, Some(RunResult::Ok));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waited_for_a_person_is_as_new_as_that_persons_wish() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    let concurrency = json!({"group": "deploy", "cancel_in_progress": true});
    let jobs = [job("job", &steps)];
    let deploy = code(&json!({"parent": "root", "triggers": {"parent": true, "manual": true}, "concurrency": concurrency, "jobs": jobs}));
    let branch = api.branch_with("demo", &[("deploy", &deploy)]).await?;
    let (old, new) = (api.start(&branch).await?, api.start(&branch).await?);
    let (old_run, new_run) = (api.run_in(&old, "deploy", "manual").await?, api.run_in(&new, "deploy", "manual").await?);
    // First the newer one; then somebody wants the older one, as one does to go back.
    for (flow, run) in [(&new, &new_run), (&old, &old_run)] {
        api.post::<RunView>(&format!("/api/runs/{}/start", run.id), &json!({})).await?;
        api.run_in(flow, "deploy", "in_progress").await?;
    }
    assert_eq!(api.run_in(&new, "deploy", "processed").await?.superseded_by, Some(old_run.id));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_start_at_the_same_moment_the_newest_is_alive() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&json!({"group": "one", "cancel_in_progress": true})))]).await?;
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let (api, branch) = (api.clone(), branch.clone());
            tokio::spawn(async move { api.start(&branch).await })
        })
        .collect();
    let mut flows = Vec::new();
    for start in starts {
        flows.push(start.await??);
    }
    let runs = eventually("one to be left", async || {
        let mut runs = Vec::new();
        for flow in &flows {
            runs.push(run(&api, flow).await?);
        }
        Ok((runs.iter().filter(|run| run.state != "processed").count() == 1).then_some(runs))
    })
    .await?;
    let newest = flows.iter().max_by_key(|flow| (flow.created_at, flow.sequence)).context("flows")?;
    let alive = api.run_in(newest, "build", "in_progress").await?;
    for other in runs.iter().filter(|run| run.id != alive.id) {
        assert!(other.superseded_by.is_some(), "{other:?}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_lets_on_what_a_lost_message_left() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&json!({"group": "one"})))]).await?;
    let first = started(&api, &branch, &json!({})).await?;
    let second = api.start(&branch).await?;
    wait_until("the run to wait", async || Ok(run(&api, &second).await?.note.is_some())).await?;
    let agent = home.agent_by_hand().await?;
    let order = agent.take().await?;
    let lost = home.without_wakeups().await?;
    let request = kraken_protocol::agent::FinishRequest {
        job: order.job,
        generation: order.generation,
        verdict: kraken_domain::job::Verdict::plain(Outcome::Ok),
        steps: Vec::new(),
        more: false,
        installation: agent.installation.clone(),
    };
    lost.finish(agent.id, request).await?;
    home.tick().await?;
    home.tick().await?;
    api.run_in(&second, "build", "in_progress").await?;
    api.completed(&first).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_being_asked_for_runs_are_beside_each_other() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &stage(&json!({})))]).await?;
    let (one, two) = (started(&api, &branch, &json!({})).await?, started(&api, &branch, &json!({})).await?);
    assert_eq!((run(&api, &one).await?.state, run(&api, &two).await?.state), ("in_progress".to_owned(), "in_progress".to_owned()));
    home.end([]).await
}
