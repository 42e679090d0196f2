//! Jobs that wait for others of their run.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{HandAgent, Home, code, eventually, refusal, wait_until};
use kraken_protocol::api::{FlowView, JobView, Rerun, RunView, WaitingView};
use serde_json::{Value, json};

/// A job `name` of one step that needs those.
pub(crate) fn job(name: &str, needs: &[&str]) -> Value {
    json!({
        "name": name, "needs": needs, "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": "any", "agents_group": "all"}],
    })
}

pub(crate) fn stage(jobs: &[Value]) -> String {
    code(&json!({"parent": "root", "jobs": jobs}))
}

/// The newest jobs of the only run of a flow, by name.
async fn jobs(home: &Home, flow: &FlowView) -> Result<BTreeMap<String, JobView>> {
    let jobs = home.api().all_jobs(flow).await?;
    Ok(jobs.into_iter().filter(|job| job.covered_by.is_none()).map(|job| (job.name.clone(), job)).collect())
}

async fn only_run(home: &Home, flow: &FlowView) -> Result<RunView> {
    home.api().runs(flow).await?.into_iter().next().context("a flow of one run")
}

async fn why(home: &Home, job: &JobView) -> Result<String> {
    let waiting: WaitingView = home.api().get(&format!("/api/jobs/{}/waiting", job.id)).await?;
    assert!(waiting.waiting);
    Ok(waiting.reason)
}

/// Takes jobs and ends each as `outcome` says of its name, until the flow is over; gives the names in the order in which they began.
async fn work(home: &Home, agent: &HandAgent, flow: &FlowView, outcome: impl Fn(&str) -> Outcome) -> Result<Vec<String>> {
    let mut began = Vec::new();
    loop {
        let next = eventually("a job, or the end of the flow", async || {
            if agent.beat(None).await?.claim {
                return Ok(agent.claim().await?.map(Some));
            }
            Ok((home.api().flow(flow).await?.state == "completed").then_some(None))
        });
        let Some(order) = next.await? else { return Ok(began) };
        let name = home.api().job(order.job).await?.name;
        agent.finish(&order, outcome(&name)).await?;
        began.push(name);
    }
}

fn position(began: &[String], name: &str) -> usize {
    began.iter().position(|began| began == name).unwrap_or_else(|| panic!("{name} ran: {began:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diamond_runs_from_above_and_says_what_it_waits_for() -> Result<()> {
    let mut home = Home::start().await?;
    let diamond = [job("end", &["left", "right"]), job("left", &["start"]), job("right", &["start"]), job("start", &[])];
    let branch = home.api().branch_with("demo", &[("build", &stage(&diamond))]).await?;
    let flow = home.api().start(&branch).await?;
    let waiting = jobs(&home, &flow).await?;
    assert_eq!((waiting["left"].state.as_str(), waiting["left"].held, waiting["start"].held), ("queued", true, false));
    assert_eq!(why(&home, &waiting["left"]).await?, "waits for job start (queued)");
    assert_eq!(why(&home, &waiting["end"]).await?, "waits for 2 jobs: left (queued), right (queued)");

    let agent = home.agent_by_hand().await?;
    let start = agent.take().await?;
    assert_eq!(why(&home, &waiting["left"]).await?, "waits for job start (running)");
    assert!(!agent.beat(Some(&start)).await?.claim);
    agent.finish(&start, Outcome::Ok).await?;
    let began = work(&home, &agent, &flow, |_| Outcome::Ok).await?;
    assert_eq!((began.len(), position(&began, "end")), (3, 2), "{began:?}");
    let run = home.api().run_in(&flow, "build", "processed").await?;
    assert_eq!((run.jobs.completed, run.jobs.error), (4, 0));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_failed_job_ends_with_the_reason_and_runs_again_with_it() -> Result<()> {
    let mut home = Home::start().await?;
    let chain = [job("a", &[]), job("b", &["a"]), job("c", &["b"]), job("d", &["c"]), job("beside", &[])];
    let branch = home.api().branch_with("demo", &[("build", &stage(&chain))]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = home.api().start(&branch).await?;
    let began = work(&home, &agent, &flow, |name| if name == "b" { Outcome::StepError } else { Outcome::Ok }).await?;
    assert_eq!(began.iter().map(String::as_str).collect::<BTreeSet<_>>(), ["a", "b", "beside"].into());
    let ended = jobs(&home, &flow).await?;
    let said = |name: &str| (ended[name].outcome, ended[name].message.clone().unwrap_or_default());
    assert_eq!(said("c"), (Some(Outcome::Cancelled), "needs b, which ended with step_error".to_owned()));
    assert_eq!(said("d"), (Some(Outcome::Cancelled), "needs c, which ended with cancelled".to_owned()));
    home.api().run_in(&flow, "build", "processed").await?;

    let alone = home.api().post::<Value>(&format!("/api/jobs/{}/rerun", ended["c"].id), &json!({})).await;
    let said = refusal(alone)?;
    assert!(said.status == 409 && said.problem.detail.contains("needs b, which ended with step_error"), "{said}");

    let _: Rerun = home.api().post(&format!("/api/jobs/{}/rerun", ended["b"].id), &json!({})).await?;
    let again = jobs(&home, &flow).await?;
    assert_eq!((again["c"].state.as_str(), again["c"].rerun_of), ("queued", Some(ended["c"].id)));
    assert_eq!(why(&home, &again["d"]).await?, "waits for job c (queued)");
    let began = work(&home, &agent, &flow, |_| Outcome::Ok).await?;
    assert_eq!(began, ["b", "c", "d"], "only these, in order");
    let run = home.api().run_in(&flow, "build", "processed").await?;
    assert_eq!((run.jobs.total, run.jobs.completed, run.jobs.error), (5, 5, 0));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_what_failed_and_repeating_all_keep_the_order() -> Result<()> {
    let mut home = Home::start().await?;
    let jobs_ = [job("z", &["a", "b"]), job("a", &[]), job("b", &[])];
    let branch = home.api().branch_with("demo", &[("build", &stage(&jobs_))]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = home.api().start(&branch).await?;
    work(&home, &agent, &flow, |name| if name == "a" { Outcome::StepError } else { Outcome::Ok }).await?;
    let run = only_run(&home, &flow).await?;
    let path = format!("/api/runs/{}/rerun", run.id);
    let failed: Rerun = home.api().post(&path, &json!({"jobs": "failed"})).await?;
    assert_eq!(failed.jobs.len(), 2);
    // Again in error: what waits for it ends again.
    assert_eq!(work(&home, &agent, &flow, |_| Outcome::StepError).await?, ["a"]);
    assert_eq!(jobs(&home, &flow).await?["z"].outcome, Some(Outcome::Cancelled));
    let all: Rerun = home.api().post(&path, &json!({"jobs": "all"})).await?;
    assert_eq!(all.jobs.len(), 3);
    let began = work(&home, &agent, &flow, |_| Outcome::Ok).await?;
    assert_eq!((began.len(), position(&began, "z")), (3, 2), "{began:?}");
    let run = home.api().run_in(&flow, "build", "processed").await?;
    assert_eq!((run.jobs.total, run.jobs.error), (3, 0));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_need_waits_for_every_environment_and_system() -> Result<()> {
    let mut home = Home::start().await?;
    let everywhere = json!([
        {"system": ["any", "debian-12"], "agents_group": "all"},
        {"system": "any", "agents_group": "all", "config": "other"},
    ]);
    let matrix = json!({"name": "build", "steps": [{"tool": "shell", "cmd": "true"}], "environments": everywhere});
    let mut test = job("test", &["build"]);
    test["environments"] = json!([{"system": ["any", "debian-12"], "agents_group": "all"}]);
    let stage = code(&json!({"parent": "root", "configs": [{"name": "other", "values": {}}], "jobs": [test, matrix]}));
    let branch = home.api().branch_with("demo", &[("build", &stage)]).await?;
    let agent = home.agent_by_hand().await?;
    let flow = home.api().start(&branch).await?;
    let began = work(&home, &agent, &flow, |_| Outcome::Ok).await?;
    assert_eq!(began, ["build", "build", "build", "test", "test"]);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_takes_those_along_that_wait_for_it_and_a_cancelled_run_all() -> Result<()> {
    let home = Home::start().await?;
    let chain = [job("a", &[]), job("b", &["a"]), job("c", &["b"])];
    let branch = home.api().branch_with("demo", &[("build", &stage(&chain))]).await?;
    let flow = home.api().start(&branch).await?;
    let held = jobs(&home, &flow).await?;
    home.api().post::<Value>(&format!("/api/jobs/{}/cancel", held["b"].id), &json!({})).await?;
    wait_until("c to be over", async || Ok(jobs(&home, &flow).await?["c"].state == "completed")).await?;
    let ended = jobs(&home, &flow).await?;
    assert_eq!(ended["c"].message.as_deref(), Some("needs b, which ended with cancelled"));
    assert_eq!(ended["a"].state, "queued", "nobody needs its end any more, and it is wanted for itself");

    let second = home.api().start(&branch).await?;
    let run = only_run(&home, &second).await?;
    home.api().post::<Value>(&format!("/api/runs/{}/cancel", run.id), &json!({})).await?;
    home.api().run_in(&second, "build", "processed").await?;
    for (name, job) in jobs(&home, &second).await? {
        assert_eq!((job.outcome, job.message), (Some(Outcome::Cancelled), None), "{name}");
    }
    let again: Rerun = home.api().post(&format!("/api/runs/{}/rerun", run.id), &json!({"jobs": "failed"})).await?;
    assert_eq!(again.jobs.len(), 3);
    let again = jobs(&home, &second).await?;
    assert_eq!((again["a"].held, again["b"].held, again["c"].held), (false, true, true));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_its_agents_group_ends_those_that_need_it() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "away"})).await?;
    let mut missing = job("a", &[]);
    missing["environments"] = json!([{"system": "any", "agents_group": "away"}]);
    let branch = api.branch_with("demo", &[("build", &stage(&[missing, job("b", &["a"])]))]).await?;
    api.delete("/api/groups/away").await?;
    let flow = api.start(&branch).await?;
    api.completed(&flow).await?;
    let ended = jobs(&home, &flow).await?;
    assert_eq!(ended["b"].message.as_deref(), Some("needs a, which ended with agents_group_missing"));
    home.end([]).await
}
