//! The next job comes with the answer to the report of the last one: once, to one agent, whatever is repeated or happens at once.

use std::collections::BTreeSet;

use anyhow::Result;
use kraken_domain::{JobId, job::Outcome};
use kraken_harness::{Home, code, ended, shell};
use serde_json::{Value, json};

/// A stage with so many jobs that any agent can run.
fn many(jobs: usize) -> String {
    let environments = vec![json!({"system": "any", "agents_group": "all"}); jobs];
    let steps = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": "root", "jobs": [{"name": "job", "steps": steps, "environments": environments}]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_work_is_never_without_a_job() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &many(3))]).await?;
    let flow = api.start(&branch).await?;

    let first = agent.take().await?;
    let second = agent.finish_for_more(&first, Outcome::Ok).await?.unwrap();
    assert_eq!((second.job.number, second.generation.0), (first.job.number + 1, 1));
    assert_eq!(api.job(second.job).await?.state, "running");
    assert!(agent.beat(Some(&second)).await?.lease_until.is_some());
    // The answer was lost: the report is repeated, and brings the same job with the same generation.
    let again = agent.finish_for_more(&first, Outcome::Ok).await?.unwrap();
    assert_eq!((again.job, again.generation, &again.log_prefix), (second.job, second.generation, &second.log_prefix));
    agent.finish(&first, Outcome::StepError).await?;
    ended(&api.job(first.job).await?, Outcome::Ok)?;

    let third = agent.finish_for_more(&second, Outcome::StepError).await?.unwrap();
    assert!(agent.finish_for_more(&third, Outcome::Ok).await?.is_none(), "no more wait");
    let done = api.completed(&flow).await?;
    let counts = done.runs.clone().unwrap()[0].jobs;
    assert_eq!((counts.total, counts.completed, counts.error, counts.executing, counts.waiting), (3, 3, 1, 0, 0));
    assert_eq!(api.agent_named("agent-1").await?.unwrap().state, "idle");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_complete_although_its_last_agent_went_on_with_another() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let (one, two) = (api.start(&branch).await?, api.start(&branch).await?);
    let first = agent.take().await?;
    let second = agent.finish_for_more(&first, Outcome::Ok).await?.unwrap();
    ended(&api.only_job(&api.completed(&one).await?).await?, Outcome::Ok)?;
    agent.finish(&second, Outcome::Ok).await?;
    api.completed(&two).await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_shall_take_no_more_gets_none_with_its_answer() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &many(2))]).await?;
    api.start(&branch).await?;
    let first = agent.take().await?;
    api.post::<Value>(&format!("/api/agents/{}/disable", agent.id), &json!({})).await?;
    assert!(agent.finish_for_more(&first, Outcome::Ok).await?.is_none());
    assert_eq!(api.agent_named("agent-1").await?.unwrap().state, "disabled");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_that_finish_at_once_never_get_the_same_job() -> Result<()> {
    const JOBS: usize = 60;
    let mut home = Home::start().await?;
    let mut agents = Vec::new();
    for _ in 0..4 {
        agents.push(home.agent_by_hand().await?);
    }
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &many(JOBS))]).await?;
    let flow = api.start(&branch).await?;
    let works: Vec<_> = agents
        .into_iter()
        .map(|agent| {
            let (api, flow) = (api.clone(), flow.clone());
            tokio::spawn(async move {
                let mut done = Vec::new();
                while api.flow(&flow).await?.state != "completed" {
                    let mut order = agent.claim().await?;
                    while let Some(held) = order {
                        done.push(held.job);
                        order = agent.finish_for_more(&held, Outcome::Ok).await?;
                    }
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let mut done = Vec::new();
    for work in works {
        done.extend(work.await??);
    }
    let different: BTreeSet<JobId> = done.iter().copied().collect();
    assert_eq!((done.len(), different.len()), (JOBS, JOBS));
    let jobs = api.all_jobs(&flow).await?;
    assert!(jobs.iter().all(|job| job.assignments == 1 && job.outcome == Some(Outcome::Ok)));
    home.end([]).await
}
