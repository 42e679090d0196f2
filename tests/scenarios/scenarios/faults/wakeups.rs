//! Wake-ups that are lost, doubled, late, or nonsense. They only say where to look: nothing depends on them.

use anyhow::Result;
use kraken_cloud::Topic;
use kraken_control::flows::StartFlow;
use kraken_domain::{
    flow::{FlowKind, FlowReason},
    job::{Outcome, Verdict},
};
use kraken_harness::{Home, child, ended, settings, shell};
use kraken_protocol::agent::FinishRequest;

fn start(branch: &str) -> Result<StartFlow> {
    Ok(StartFlow::new(branch.parse()?, FlowKind::Ci, FlowReason::Person))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lost_wakeup_is_made_up_for_by_a_tick() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;
    let unheard = home.without_wakeups().await?;

    // With nobody idle the jobs are not promised as they are made.
    unheard.disable_agent(agent.id).await?;
    let (flow, _) = unheard.start_flow(start(&branch)?).await?;
    for stage in ["build", "test"] {
        // A job waits, an agent is idle, and nobody was told.
        unheard.enable_agent(agent.id).await?;
        assert!(!agent.beat(None).await?.claim);
        assert_eq!(unheard.schedule().await?, 1, "{stage}");
        // Nor was the agent: its heartbeat says it.
        assert!(agent.beat(None).await?.claim);
        let order = agent.claim().await?.unwrap();
        let request = FinishRequest {
            job: order.job,
            generation: order.generation,
            verdict: Verdict::plain(Outcome::Ok),
            steps: Vec::new(),
            more: false,
            installation: String::new(),
        };
        unheard.disable_agent(agent.id).await?;
        unheard.finish(agent.id, request).await?;
        let run = api.get::<kraken_protocol::api::RunView>(&format!("/api/runs/{}", order.job.run)).await?;
        assert_eq!(run.state, "in_progress", "nobody looked");
        // The next stage's job would be promised by the same tick: the watchdog alone looks at runs.
        unheard.tick_runs().await?;
        let run = api.get::<kraken_protocol::api::RunView>(&format!("/api/runs/{}", order.job.run)).await?;
        assert_eq!(run.state, "processed");
    }
    let flow: kraken_protocol::api::FlowView = api.get(&format!("/api/flows/{}", flow.id)).await?;
    assert_eq!((flow.state.as_str(), flow.runs.unwrap().len()), ("completed", 2));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_not_told_of_its_job_finds_it_by_itself() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("echo found"))]).await?;
    let unheard = home.without_wakeups().await?;
    let (flow, _) = unheard.start_flow(start(&branch)?).await?;
    unheard.schedule().await?;
    let flow: kraken_protocol::api::FlowView = api.get(&format!("/api/flows/{}", flow.id)).await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::Ok)?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_the_agent_is_not_told_of_reaches_it_by_its_heartbeat() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let sleeper = kraken_harness::Sleeper::new();
    let branch = api.branch_with("demo", &[("build", &shell(sleeper.command()))]).await?;
    let flow = api.start(&branch).await?;
    sleeper.runs(1).await?;
    home.without_wakeups().await?.cancel_flow(flow.id).await?;
    ended(&api.only_job(&api.completed(&flow).await?).await?, Outcome::Cancelled)?;
    sleeper.runs(0).await?;
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn doubled_late_and_nonsense_wakeups_change_nothing() -> Result<()> {
    let mut home = Home::start().await?;
    let agents = [home.agent().await?, home.agent().await?];
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true"))]).await?;
    let queues = home.server()?.control().queues.clone();
    let flow = api.start(&branch).await?;
    let run = api.runs(&flow).await?.remove(0);
    let id = api.agent_named(agents[0].name()).await?.unwrap().id;
    for n in 0..40 {
        queues.wake(Topic::Scheduler, "queue", &format!("scheduler-{n}")).await?;
        queues.wake(Topic::Results, &run.id.to_string(), &format!("run-{n}")).await?;
        queues.tell_agent(id, if n % 2 == 0 { "{\"wake\":\"news\"}" } else { "?" }).await?;
    }
    // A run that never was, and no run at all.
    queues.wake(Topic::Results, "01j9zqk3v5w8x2y4t6r7n0m1pa-1", "no-such-run").await?;
    queues.wake(Topic::Results, "nonsense", "nonsense").await?;

    let done = api.completed(&flow).await?;
    assert_eq!(done.runs.unwrap().len(), 2);
    queues.wake(Topic::Results, &run.id.to_string(), "late").await?;
    home.tick().await?;
    let jobs = api.all_jobs(&flow).await?;
    assert_eq!(jobs.len(), 2);
    assert!(jobs.iter().all(|job| job.assignments == 1 && job.outcome == Some(Outcome::Ok)), "{jobs:?}");
    home.end(agents).await
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_that_are_lost_as_a_whole_come_back() -> Result<()> {
    // Nothing but a wake-up would tell the agent in time.
    let mut settings = settings();
    settings.intervals.idle_heartbeat_s = 3600;
    settings.intervals.heartbeat_s = 3600;
    let mut home = Home::with(settings).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    home.stop().await;
    std::fs::remove_dir_all(home.data_dir().join("queues"))?;
    home.restart().await?;
    ended(&api.run_one(&branch).await?, Outcome::Ok)?;
    ended(&api.run_one(&branch).await?, Outcome::Ok)?;
    home.end([agent]).await
}
