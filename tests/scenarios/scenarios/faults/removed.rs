//! Things that are removed while others depend on them.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, refusal, shell};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_branch_was_deleted_while_it_waited_ends_with_words() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stage = api.add_stage(&branch, "build", &shell("true")).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job(&flow).await?;
    api.delete(&format!("/api/stages/{stage}")).await?;
    api.delete(&format!("/api/branches/{branch}")).await?;

    let agent = home.agent_by_hand().await?;
    agent.is_promised().await?;
    assert!(agent.claim().await?.is_none(), "what cannot be handed out is not held");
    let job = api.job(job.id).await?;
    ended(&job, Outcome::Cancelled)?;
    assert!(job.message.clone().unwrap_or_default().contains("was deleted"), "{:?}", job.message);
    assert_eq!(api.agent_named("agent-1").await?.unwrap().state, "idle", "its agent is free for the next");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_in_a_project_that_is_deleted_while_a_branch_is_made() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let (mut made, mut deleted) = (0, 0);
    for n in 0..30 {
        let project: Value = api.post("/api/projects", &json!({"name": format!("p{n}")})).await?;
        let id = project["id"].as_str().unwrap().to_owned();
        let (branches, itself) = (format!("/api/projects/{id}/branches"), format!("/api/projects/{id}"));
        let body = json!({"name": "main"});
        let (branch, removal) = tokio::join!(api.post::<Value>(&branches, &body), api.delete(&itself));
        match (branch, removal) {
            (Ok(_), Err(error)) => {
                assert_eq!(refusal::<()>(Err(error))?.status.as_u16(), 409);
                made += 1;
            }
            (Err(error), Ok(())) => {
                assert_eq!(refusal::<()>(Err(error))?.status.as_u16(), 404);
                deleted += 1;
            }
            (branch, removal) => panic!("one of them must have seen the other: {branch:?}, {removal:?}"),
        }
    }
    assert_eq!(made + deleted, 30);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stages_that_are_changed_at_once_never_wait_for_each_other() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    for turn in 0..10 {
        let (one, two) = (format!("one{turn}"), format!("two{turn}"));
        let (first, second) = (api.add_stage(&branch, &one, &shell("true")).await?, api.add_stage(&branch, &two, &shell("true")).await?);
        let change = async |stage: &str, parent: &str| {
            api.request(reqwest::Method::PUT, &format!("/api/stages/{stage}"))
                .json(&json!({"code": kraken_harness::child(parent, "true")}))
                .send()
                .await
                .map(|answer| answer.status())
        };
        let (one_said, two_said) = tokio::join!(change(&first, &two), change(&second, &one));
        let changed = [one_said?, two_said?].iter().filter(|status| status.is_success()).count();
        assert_eq!(changed, 1, "the other one would close a circle");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_stages_and_branches_are_made_at_once() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let stages: Vec<_> = (0..40)
        .map(|n| {
            let (api, branch) = (api.clone(), branch.clone());
            tokio::spawn(async move { api.add_stage(&branch, &format!("s{n}"), &shell("true")).await })
        })
        .collect();
    for stage in stages {
        stage.await??;
    }
    let branches: Vec<_> = (0..40)
        .map(|n| {
            let api = api.clone();
            tokio::spawn(async move { api.post::<Value>("/api/projects/demo/branches", &json!({"name": format!("b{n}")})).await })
        })
        .collect();
    for branch in branches {
        branch.await??;
    }
    home.end([]).await
}
