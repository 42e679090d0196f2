//! Branches: forked at a release, put away and brought back, renamed.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_harness::{Api, Home, child, code, job, refusal, shell};
use kraken_protocol::api::{BranchView, FlowView, RunView, SecretList, StageView};
use serde_json::{Value, json};

fn nightly() -> String {
    code(
        &json!({"parent": "root", "triggers": {"parent": false, "interval": "10m"}, "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]}),
    )
}

async fn stages(api: &Api, branch: &str) -> Result<Vec<StageView>> {
    api.list(&format!("/api/branches/{branch}/stages")).await
}

async fn fork(api: &Api, branch: &str, body: &Value) -> Result<BranchView> {
    api.post(&format!("/api/branches/{branch}/fork"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_has_the_stages_and_goes_its_own_way() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("test", &child("build", "true")), ("nightly", &nightly())]).await?;
    for _ in 0..3 {
        api.start(&branch).await?;
    }
    let fresh = fork(&api, &branch, &json!({"name": "release/1"})).await?;
    let on = fork(&api, &branch, &json!({"name": "release/2", "branch_name": "r2", "numbering": "continue"})).await?;
    assert_eq!((fresh.branch_name.as_str(), on.branch_name.as_str()), ("release/1", "r2"));

    let (old, new) = (stages(&api, &branch).await?, stages(&api, &fresh.id.to_string()).await?);
    let names = |stages: &[StageView]| {
        stages.iter().map(|stage| (stage.name.clone(), stage.parents.clone(), stage.code_sha256.clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&old), names(&new));
    assert!(old.iter().all(|old| new.iter().all(|new| new.id != old.id)), "copies, not the same stages");
    let nightly = new.iter().find(|stage| stage.name == "nightly").context("the fork has the stage nightly")?;
    assert!(nightly.triggers.iter().any(|trigger| trigger.next_due.is_some()), "what the clock starts came along: {nightly:?}");

    let first = api.start(&fresh.id.to_string()).await?;
    assert_eq!((first.label.as_str(), first.sequence), ("1.", 1));
    let fourth = api.start(&on.id.to_string()).await?;
    assert_eq!((fourth.label.as_str(), fourth.own_sequence, fourth.branch_name.as_str()), ("4.", 4, "r2"));
    let runs: Vec<RunView> = api.runs(&fourth).await?;
    assert_eq!(runs[0].label, "4.", "so do the runs of its stages");

    // Changed in one, the same in the other.
    let build = new.iter().find(|stage| stage.name == "build").context("the fork has the stage build")?;
    let changed: StageView = api.put(&format!("/api/stages/{}", build.id), &json!({"code": shell("false")})).await?;
    assert_ne!(changed.code_sha256, old[0].code_sha256);
    assert_eq!(stages(&api, &branch).await?[0].code_sha256, old[0].code_sha256);

    let taken = refusal(fork(&api, &branch, &json!({"name": "release/1"})).await)?;
    assert_eq!(taken.status.as_u16(), 409, "{taken:?}");
    let unnamed = refusal(fork(&api, &branch, &json!({"name": " "})).await)?;
    assert_eq!((unnamed.status.as_u16(), unnamed.problem.errors[0].path.as_str()), (422, "/name"));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_gets_the_branchs_own_secrets_where_that_is_asked_for_and_they_open_there() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let login = json!({"kind": "user_password", "user": "robot", "password": "hunter-22", "note": "for the registry"});
    api.put::<Value>(&format!("/api/branches/{branch}/secrets/login"), &login).await?;
    api.add_stage(&branch, "build", &shell("echo #{secrets.login.password}")).await?;
    let without = fork(&api, &branch, &json!({"name": "without"})).await?;
    let with = fork(&api, &branch, &json!({"name": "with", "secrets": true})).await?;
    let secrets = async |branch: &BranchView| api.get::<SecretList>(&format!("/api/branches/{}/secrets", branch.id)).await;
    assert!(secrets(&without).await?.items.is_empty());
    let [copy] = secrets(&with).await?.items.try_into().map_err(|items| anyhow::anyhow!("one secret, not {items:?}"))?;
    assert_eq!((copy.name.as_str(), copy.note.as_str(), copy.set), ("login", "for the registry", true));

    // The copy is the fork's own: it opens there, also when the original is gone.
    api.delete(&format!("/api/branches/{branch}/secrets/login")).await?;
    let flow = api.start(&with.id.to_string()).await?;
    let order = agent.take().await?;
    assert_eq!(order.secrets["login"]["password"], "hunter-22");
    agent.finish(&order, kraken_domain::job::Outcome::Ok).await?;
    api.completed(&flow).await?;

    // A name that is taken leaves nothing of the secrets behind that anybody could see, and what is there as it was.
    let taken = refusal(fork(&api, &with.id.to_string(), &json!({"name": "without", "secrets": true})).await)?;
    assert_eq!(taken.status.as_u16(), 409, "{taken:?}");
    assert!(secrets(&without).await?.items.is_empty());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_archived_branch_nothing_starts_until_it_is_back() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("nightly", &nightly())]).await?;
    let path = format!("/api/branches/{branch}");
    let away: BranchView = api.put(&path, &json!({"archived": true})).await?;
    assert!(away.archived_at.is_some());
    assert!(stages(&api, &branch).await?[0].triggers.is_empty(), "nothing is due any more");
    let refused = refusal(api.start(&branch).await)?;
    assert_eq!(refused.status.as_u16(), 409);
    assert!(refused.problem.detail.contains("archived"), "{refused:?}");
    home.pass(Duration::from_secs(1300)).await?;
    let flows: Vec<FlowView> = api.list(&format!("{path}/flows")).await?;
    assert!(flows.is_empty());

    let again: BranchView = api.put(&path, &json!({"archived": true})).await?;
    assert_eq!(again.archived_at, away.archived_at, "once is enough");
    let back: BranchView = api.put(&path, &json!({"archived": false})).await?;
    assert_eq!(back.archived_at, None);
    home.pass(Duration::from_secs(620)).await?;
    let flows: Vec<FlowView> = api.list(&format!("{path}/flows")).await?;
    assert_eq!(flows.len(), 1, "the clock starts it again");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_takes_another_name_and_leaves_the_old_one_free() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let old: BranchView = api.get(&format!("/api/branches/{branch}")).await?;
    let other = fork(&api, &branch, &json!({"name": "other"})).await?;
    let taken = refusal(api.put::<BranchView>(&format!("/api/branches/{branch}"), &json!({"name": "other"})).await)?;
    assert_eq!(taken.status.as_u16(), 409);
    let renamed: BranchView = api.put(&format!("/api/branches/{branch}"), &json!({"name": "trunk"})).await?;
    assert_eq!((renamed.name.as_str(), renamed.branch_name), ("trunk", old.branch_name.clone()));
    let found: BranchView = api.get("/api/projects/demo/branches/trunk").await?;
    assert_eq!(found.id, old.id);
    assert_eq!(refusal(api.get::<BranchView>(&format!("/api/projects/demo/branches/{}", old.name)).await)?.status.as_u16(), 404);
    let free: BranchView = api.put(&format!("/api/branches/{}", other.id), &json!({"name": old.name})).await?;
    assert_eq!(free.id, other.id);
    home.end([]).await
}
