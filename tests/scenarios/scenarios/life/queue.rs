//! Who gets which job, and when.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{HandAgent, Home, code, ended, shell, wait_until};
use kraken_protocol::api::{JobView, WaitingView};
use serde_json::{Value, json};

/// A root stage with a job in that group.
fn in_group(group: &str) -> String {
    on("any", group)
}

fn on(system: &str, group: &str) -> String {
    code(&json!({"parent": "root", "jobs": [{
        "name": "job",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": system, "agents_group": group}],
    }]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_share_the_queue() -> Result<()> {
    let mut home = Home::start().await?;
    let agents = [home.agent().await?, home.agent().await?];
    let api = home.api();
    // Each of two jobs waits for the other: they only end when they run at the same time.
    let meet = |mine: &str, other: &str| {
        let dir = home.dir().display();
        json!({
            "name": mine,
            "steps": [{"tool": "shell", "cmd": format!("touch {dir}/{mine}; while ! test -e {dir}/{other}; do sleep 0.02; done")}],
            "environments": [{"system": "any", "agents_group": "all"}],
        })
    };
    let stage = code(&json!({"parent": "root", "jobs": [meet("one", "two"), meet("two", "one")]}));
    let branch = api.branch_with("demo", &[("meeting", &stage)]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;

    let jobs = api.all_jobs(&flow).await?;
    assert!(jobs.iter().all(|job| job.outcome == Some(Outcome::Ok)), "{jobs:?}");
    assert_ne!(jobs[0].agent, jobs[1].agent);
    home.end(agents).await
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_served_in_the_order_of_their_runs() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let order = home.dir().join("order");
    let says = |job: &str| {
        json!({
            "name": job,
            "steps": [{"tool": "shell", "cmd": format!("echo #{{flow.seq.shared}}{job} >> {}", order.display())}],
            "environments": [{"system": "any", "agents_group": "all"}],
        })
    };
    let stage = code(&json!({"parent": "root", "jobs": [says("a"), says("b")]}));
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let mut flows = Vec::new();
    for _ in 0..3 {
        flows.push(api.start(&branch).await?);
    }
    let last = api.all_jobs(&flows[2]).await?.pop().unwrap();
    let waiting: WaitingView = api.get(&format!("/api/jobs/{}/waiting", last.id)).await?;
    assert_eq!(waiting.ahead, Some(5));

    let agent = home.agent().await?;
    for flow in &flows {
        api.completed(flow).await?;
    }
    assert_eq!(std::fs::read_to_string(&order)?, "1a\n1b\n2a\n2b\n3a\n3b\n");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_nobody_can_run_blocks_no_other_and_says_why_it_waits() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "gpu"})).await?;
    let stages = [("lonely", in_group("gpu")), ("odd", on("plan9-4", "all")), ("easy", in_group("all"))];
    let stages = stages.each_ref().map(|(name, code)| (*name, code.as_str()));
    let branch = api.branch_with("demo", &stages).await?;

    let flow = api.start(&branch).await?;
    api.run_in(&flow, "easy", "processed").await?;

    let why = async |stage: &str| -> Result<(JobView, String)> {
        let job = api.jobs(&api.run_in(&flow, stage, "in_progress").await?).await?.remove(0);
        let waiting: WaitingView = api.get(&format!("/api/jobs/{}/waiting", job.id)).await?;
        assert!(waiting.waiting);
        Ok((job, waiting.reason))
    };
    let (lonely, reason) = why("lonely").await?;
    assert_eq!(reason, "no agent is in the group \"gpu\" yet: enrol one");
    let (odd, reason) = why("odd").await?;
    assert!(reason.starts_with("no agent can run it: agent-1 runs ") && reason.ends_with(", not plan9-4"), "{reason}");

    // The group gets an agent: the job that waited longest goes on.
    let known = api.agent_named(agent.name()).await?.unwrap();
    api.put::<Value>(&format!("/api/agents/{}/groups", known.id), &json!({"groups": ["gpu"]})).await?;
    api.run_in(&flow, "lonely", "processed").await?;
    ended(&api.job(lonely.id).await?, Outcome::Ok)?;

    api.post::<Value>(&format!("/api/jobs/{}/cancel", odd.id), &json!({})).await?;
    api.completed(&flow).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_group_was_deleted_says_so() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    api.post::<Value>("/api/groups", &json!({"name": "gpu"})).await?;
    let branch = api.branch_with("demo", &[("build", &in_group("gpu"))]).await?;
    let before = api.start(&branch).await?;
    api.delete("/api/groups/gpu").await?;

    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::AgentsGroupMissing)?;
    assert!(job.message.as_deref().unwrap().starts_with("there is no agents group \"gpu\""), "{:?}", job.message);

    // One that waited before can wait no longer for what will never come.
    home.tick().await?;
    let waits = api.only_job(&before).await?;
    let waiting: WaitingView = api.get(&format!("/api/jobs/{}/waiting", waits.id)).await?;
    assert!(waiting.reason.contains("gpu"), "{}", waiting.reason);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_agent_finishes_its_job_and_takes_no_other() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let go = home.dir().join("go");
    let waits = shell(&format!("echo began; while ! test -e {}; do sleep 0.02; done", go.display()));
    let branch = api.branch_with("demo", &[("build", &waits)]).await?;
    let (first, second) = (api.start(&branch).await?, api.start(&branch).await?);
    api.says(&api.only_job_in(&first, "running").await?, "began").await?;

    let id = api.agent_named(agent.name()).await?.unwrap().id;
    let disabled: Value = api.post(&format!("/api/agents/{id}/disable"), &json!({})).await?;
    assert_eq!(disabled["state"], "disabled");
    std::fs::write(&go, "")?;
    api.completed(&first).await?;
    home.tick().await?;
    let job = api.only_job(&second).await?;
    assert_eq!(job.state, "queued");
    let waiting: WaitingView = api.get(&format!("/api/jobs/{}/waiting", job.id)).await?;
    assert!(waiting.reason.contains("agent-1 is disabled"), "{}", waiting.reason);

    api.post::<Value>(&format!("/api/agents/{id}/enable"), &json!({})).await?;
    api.completed(&second).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_joins_gets_the_job_that_waits() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let token = home.enrolment_token(&[]).await?;
    let agent = home.newcomer(Some(&token))?;
    api.completed(&flow).await?;
    let idle = async || Ok(api.agent_named(agent.name()).await?.is_some_and(|agent| agent.state == "idle"));
    wait_until("the agent to be idle again", idle).await?;
    home.end([agent]).await
}

/// Where a job is made, eight idle agents are looked at: the others are found by the wake-up, long before a tick.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_fits_is_found_behind_many_that_do_not() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    for group in ["others", "mine"] {
        api.post::<Value>("/api/groups", &json!({"name": group})).await?;
    }
    for n in 0..8 {
        let others = home.enrolment_token(&["others"]).await?;
        HandAgent::enrol(&api, &format!("other-{n}"), Some(&others)).await?.session().await?;
    }
    let mine = home.enrolment_token(&["mine"]).await?;
    let ninth = HandAgent::enrol(&api, "ninth", Some(&mine)).await?;
    ninth.session().await?;
    let branch = api.branch_with("demo", &[("build", &in_group("mine"))]).await?;

    let flow = api.start(&branch).await?;
    let order = ninth.take().await?;
    ninth.finish(&order, Outcome::Ok).await?;
    api.completed(&flow).await?;
    home.end([]).await
}
