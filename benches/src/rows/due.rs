//! Many stages whose time comes at the same moment: how long one tick takes to start a flow for each.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use kraken_protocol::api::{FlowView, Page};
use serde_json::{Value, json};

use crate::{
    client::{Api, ask_until},
    figures::Figure,
    system::{Setup, System},
};

const TRIGGERS: usize = 10_000;
const PER_BRANCH: usize = 20;
const CLIENTS: usize = 8;
/// What saving one stage may take.
const SAVED_WITHIN: SignedDuration = SignedDuration::from_millis(15);
/// And the projects around them.
const BEFORE: SignedDuration = SignedDuration::from_secs(30);

pub(super) async fn measure(setup: &Setup) -> Result<Vec<Figure>> {
    let count = setup.samples(TRIGGERS);
    // Nobody is there to run what is started: that is another row.
    let system = System::start(setup, "triggers", 0).await?;
    let due = Timestamp::now().checked_add(BEFORE + SAVED_WITHIN * i32::try_from(count)?)?;
    let code = stage(due);
    let branches = stream::iter((0..count).step_by(PER_BRANCH))
        .map(|from| branch(&system.api, from, PER_BRANCH.min(count - from), &code))
        .buffer_unordered(CLIENTS);
    let branches: Vec<(String, usize)> = branches.try_collect().await?;
    ensure!(Timestamp::now() < due, "the stages were saved too slowly: their time came while that was going on");

    let mut created = Vec::with_capacity(count);
    for (branch, stages) in &branches {
        let flows = ask_until("flows of all stages whose time has come", Duration::from_secs(1), async || {
            let page: Page<FlowView> = system.api.get(&format!("/api/branches/{branch}/flows?limit=200")).await?;
            Ok((page.items.len() == *stages).then_some(page.items))
        });
        created.extend(flows.await?.into_iter().map(|flow| flow.created_at));
    }
    let (first, last) = created.iter().min().zip(created.iter().max()).context("some flows")?;
    let took = last.duration_since(*first).as_secs_f64();
    Ok(vec![
        Figure::new(format!("{count} flows, first to last"), took, "s").at_most(5.0),
        Figure::new("per trigger", took * 1e3 / count as f64, "ms"),
    ])
}

/// A branch of a project of its own with so many stages; gives its id with their number.
async fn branch(api: &Api, from: usize, stages: usize, code: &str) -> Result<(String, usize)> {
    let project = format!("project-{from}");
    api.post::<Value>("/api/projects", &json!({"name": project})).await?;
    let branch: Value = api.post(&format!("/api/projects/{project}/branches"), &json!({"name": "main"})).await?;
    let branch = branch["id"].as_str().context("a branch has an id")?.to_owned();
    for number in 0..stages {
        let stage = json!({"name": format!("stage-{number}"), "code": code});
        api.post::<Value>(&format!("/api/branches/{branch}/stages"), &stage).await?;
    }
    Ok((branch, stages))
}

/// A root stage of one job that only the clock starts.
fn stage(due: Timestamp) -> String {
    let job = json!({
        "name": "job",
        "steps": [{"tool": "shell", "cmd": "true"}],
        "environments": [{"system": "any", "agents_group": "all"}],
    });
    let triggers = format!("{{\"parent\": False, \"date\": \"{due}\"}}");
    format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"triggers\": {triggers}, \"jobs\": [{job}]}}\n")
}
