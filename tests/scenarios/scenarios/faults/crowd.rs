//! The same handler called by many at the same moment.

use anyhow::Result;
use kraken_control::{Control, ControlError};
use kraken_domain::job::Outcome;
use kraken_harness::{HandAgent, Home, child, code, refusal, shell};
use kraken_protocol::api::Rerun;
use serde_json::json;

/// Calls it ten times at once. Being told to come back later is an answer; nothing else that fails is.
async fn by_ten<F>(control: &Control, call: impl Fn(Control) -> F) -> Result<()>
where
    F: Future<Output = Result<(), ControlError>> + Send + 'static,
{
    let calls: Vec<_> = (0..10).map(|_| tokio::spawn(call(control.clone()))).collect();
    for call in calls {
        match call.await? {
            Ok(()) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_promised_twice_and_no_agent_gets_two() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agents = Vec::new();
    for _ in 0..5 {
        agents.push(home.agent_by_hand().await?);
    }
    let api = home.api();
    let environments = vec![json!({"system": "any", "agents_group": "all"}); 8];
    let stage = code(
        &json!({"parent": "root", "jobs": [{"name": "job", "steps": [{"tool": "shell", "cmd": "true"}], "environments": environments}]}),
    );
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.start(&branch).await?;
    let control = home.server()?.control().clone();
    by_ten(&control, |control| async move { control.schedule().await.map(drop) }).await?;
    home.tick().await?;

    let jobs = api.all_jobs(&flow).await?;
    let mut promised: Vec<_> = jobs.iter().filter_map(|job| job.agent).collect();
    assert_eq!(promised.len(), 5, "every agent has one: {jobs:?}");
    promised.sort();
    promised.dedup();
    assert_eq!(promised.len(), 5, "nobody has two");
    assert!(jobs.iter().all(|job| job.assignments <= 1));

    // All claim at once, and all at once again: each has its own job.
    let mut held = Vec::new();
    for agent in &agents {
        let (one, two) = tokio::join!(agent.claim(), agent.claim());
        let (one, two) = (one?.unwrap(), two?.unwrap());
        assert_eq!((one.job, one.generation), (two.job, two.generation));
        held.push((agent, one));
    }
    // The end of all, reported twice at the same moment, is counted once.
    for (agent, order) in &held {
        let (one, two) = tokio::join!(agent.finish(order, Outcome::Ok), agent.finish(order, Outcome::Ok));
        one?;
        two?;
    }
    for agent in agents.iter().cycle() {
        let Some(order) = agent.claim().await? else {
            if api.runs(&flow).await?[0].jobs.completed == 8 {
                break;
            }
            continue;
        };
        agent.finish(&order, Outcome::Ok).await?;
    }
    let done = api.completed(&flow).await?;
    let counts = done.runs.unwrap()[0].jobs;
    assert_eq!((counts.total, counts.completed, counts.error, counts.executing, counts.waiting), (8, 8, 0, 0, 0));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_starts_once_however_many_look() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let stages = [("build", shell("true")), ("one", child("build", "true")), ("two", child("build", "true"))];
    let branch = api.branch_with("demo", &stages.each_ref().map(|(name, code)| (*name, code.as_str()))).await?;
    let control = home.server()?.control().clone();
    for _ in 0..3 {
        let flow = api.start(&branch).await?;
        let order = agent.take().await?;
        agent.finish(&order, Outcome::Ok).await?;
        by_ten(&control, |control| {
            let run = order.job.run;
            async move { control.reconcile_run(run).await }
        })
        .await?;
        for _ in 0..2 {
            let order = agent.take().await?;
            agent.finish(&order, Outcome::Ok).await?;
        }
        home.tick().await?;
        let done = api.completed(&flow).await?;
        let runs = done.runs.unwrap();
        assert_eq!(runs.iter().map(|run| run.stage_name.as_str()).collect::<Vec<_>>(), ["build", "one", "two"]);
        assert!(runs.iter().all(|run| run.jobs.total == 1));
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ticks_beside_each_other_take_a_job_from_a_lost_agent_once() -> Result<()> {
    let mut home = Home::start().await?;
    let (lost, other) = (home.agent_by_hand().await?, home.agent_by_hand().await?);
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let (_, held) = HandAgent::first_of([&lost, &other]).await?;
    home.move_clock(61_000);
    let control = home.server()?.control().clone();
    by_ten(&control, |control| async move {
        control.tick_jobs().await?;
        control.tick_agents().await.map(drop)
    })
    .await?;
    assert_eq!(api.only_job(&flow).await?.state, "queued");
    let mut taken = None;
    for agent in [&lost, &other] {
        agent.beat(None).await?;
        home.tick().await?;
        if let Some(order) = agent.claim().await? {
            taken.get_or_insert((agent, order));
        }
    }
    let (agent, order) = taken.unwrap();
    assert_eq!(order.generation.0, held.generation.0 + 1, "given out once more, not twice");
    agent.finish(&order, Outcome::Ok).await?;
    api.completed(&flow).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_repeated_once_by_those_who_ask_at_the_same_moment() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let order = agent.take().await?;
    agent.finish(&order, Outcome::StepError).await?;
    api.completed(&flow).await?;
    let path = format!("/api/jobs/{}/rerun", order.job);
    let asked: Vec<_> = (0..6)
        .map(|_| {
            let (api, path) = (api.clone(), path.clone());
            tokio::spawn(async move { api.post::<Rerun>(&path, &json!({})).await })
        })
        .collect();
    let mut made = 0;
    for one in asked {
        match one.await? {
            Ok(_) => made += 1,
            Err(error) => assert!([409, 503].contains(&refusal::<Rerun>(Err(error))?.status.as_u16())),
        }
    }
    assert_eq!(made, 1);
    let order = agent.take().await?;
    agent.finish(&order, Outcome::Ok).await?;
    let done = api.completed(&flow).await?;
    let counts = done.runs.clone().unwrap()[0].jobs;
    assert_eq!((counts.total, counts.completed, counts.error), (1, 1, 0));
    assert_eq!(api.all_jobs(&done).await?.len(), 2);
    home.end([]).await
}
