//! Environment variables and numbers of branches.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, refusal, shell, stage};
use kraken_protocol::api::{SequencesView, VariablesView};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn variables_reach_every_step_and_no_change_is_lost() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let steps = [json!({"tool": "shell", "cmd": "echo \"$GREETING $NAME #{env.NAME}\"", "env": {"GREETING": "moin"}})];
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let path = format!("/api/branches/{branch}/env");

    let read: VariablesView = api.get(&path).await?;
    let new = json!({"version": read.version, "variables": {"NAME": "all", "GREETING": "hello"}});
    let set: VariablesView = api.put(&path, &new).await?;
    assert!(set.version > read.version);
    // Told again, as its answer was lost: the same. What somebody else read before the change: refused.
    assert_eq!(api.put::<VariablesView>(&path, &new).await?, set);
    let late = refusal(api.put::<VariablesView>(&path, &json!({"version": read.version, "variables": {}})).await)?;
    assert_eq!(late.status.as_u16(), 409, "{late:?}");
    let wrong = refusal(api.put::<VariablesView>(&path, &json!({"version": set.version, "variables": {"A-B": "x", "9": ""}})).await)?;
    let places: Vec<_> = wrong.problem.errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!((wrong.status.as_u16(), places), (422, vec!["/variables/9", "/variables/A-B"]), "{wrong:?}");
    assert_eq!(api.get::<VariablesView>(&path).await?, set);

    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(api.log(&job).await?, ["moin all all"], "what a step says of a variable goes before what its branch says");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_go_on_where_they_are_told_to_and_back_only_by_force() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let path = format!("/api/branches/{branch}/sequences");
    let first: SequencesView = api.get(&path).await?;
    assert_eq!((first.flow, first.ci, first.dev, first.stages["build"]), (1, 1, 1, 1));

    let next: SequencesView = api.put(&path, &json!({"flow": 41, "ci": 7, "stages": {"build": 100}})).await?;
    assert_eq!((next.flow, next.ci, next.dev, next.stages["build"]), (41, 7, 1, 100));
    let flow = api.start(&branch).await?;
    assert_eq!((flow.sequence, flow.own_sequence, flow.label.as_str()), (41, 7, "41."));
    assert_eq!(api.runs(&flow).await?[0].label, "100.");

    // All or none.
    let back = refusal(api.put::<SequencesView>(&path, &json!({"flow": 50, "ci": 2})).await)?;
    assert_eq!(back.status.as_u16(), 409, "{back:?}");
    let now: SequencesView = api.get(&path).await?;
    assert_eq!((now.flow, now.ci), (42, 8));
    let forced: SequencesView = api.put(&path, &json!({"flow": 1, "ci": 2, "force": true})).await?;
    assert_eq!((forced.flow, forced.ci), (1, 2));
    let flow = api.start(&branch).await?;
    assert_eq!((flow.sequence, flow.own_sequence), (1, 2), "the first number can be taken again");

    let wrong = refusal(api.put::<SequencesView>(&path, &json!({"flow": 0, "stages": {"nothing": 5}})).await)?;
    let places: Vec<_> = wrong.problem.errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!((wrong.status.as_u16(), places), (422, vec!["/flow", "/stages/nothing"]), "{wrong:?}");
    home.end([]).await
}
