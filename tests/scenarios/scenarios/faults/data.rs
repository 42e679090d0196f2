//! User data and what is done at the same moment: large runs that are made in pieces, flows that are removed.

use std::{collections::BTreeSet, pin::pin};

use anyhow::{Result, ensure};
use kraken_control::{Control, ControlError, data::DataTerms, flows::StartFlow};
use kraken_domain::{
    FlowId,
    data::{DataChange, DataDocument, DataOwner},
    flow::{FlowKind, FlowReason},
};
use kraken_harness::{Home, code, go_on_until};
use kraken_store::Commit;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn all_jobs_of_a_large_run_see_the_data_that_it_began_with() -> Result<()> {
    // More than two commits hold.
    const JOBS: usize = 250;
    let mut home = Home::start().await?;
    let api = home.api();
    let environments = vec![json!({"system": "any", "agents_group": "all"}); JOBS];
    let job = json!({"name": "#{branch.data.word} job", "steps": [{"tool": "shell", "cmd": "true"}], "environments": environments});
    let branch = api.branch_with("demo", &[("build", &code(&json!({"parent": "root", "jobs": [job]})))]).await?;
    let says = async |word: &str| api.put::<Value>(&format!("/api/branches/{branch}/data"), &json!({"word": word})).await;
    says("first").await?;
    let control = home.without_wakeups().await?;
    let start = StartFlow::new(branch.parse()?, FlowKind::Ci, FlowReason::Person);
    let run = control.start_flow(start).await?.1[0].id;

    // Whoever makes its jobs dies: before the first of them, and in the middle.
    let began = async || Ok(control.store.run(run).await?.is_some_and(|run| run.spec.is_some()));
    go_on_until(pin!(control.reconcile_run(run)), "the run began", began).await?;
    says("second").await?;
    let made = async || Ok(!control.store.jobs(run, 1, None).await?.items.is_empty());
    go_on_until(pin!(control.reconcile_run(run)), "it had jobs", made).await?;
    says("third").await?;
    let there = control.store.jobs(run, 1000, None).await?.items.len();
    ensure!(there < JOBS, "all of its jobs are there already");
    drop(control);
    // Whoever goes on may have nothing at hand.
    home.restart().await?;
    let control = home.server()?.control().clone();
    control.reconcile_run(run).await?;
    let jobs = control.store.jobs(run, 1000, None).await?.items;
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!((jobs.len(), names), (JOBS, BTreeSet::from(["first job"])));
    home.end([]).await
}

/// Marks a flow as whoever removes it does first, if it has no data yet; says whether that was so.
async fn is_marked_before_it_has_data(control: &Control, flow: FlowId) -> Result<bool> {
    let owner = DataOwner::Flow(flow);
    loop {
        let read = control.flow(flow).await?;
        let mut going = read.value.clone();
        going.retention.going_since = Some(control.clock.now());
        let mut commit = Commit::new();
        commit.replace(&read, &going)?.require_absent(&DataDocument::new(owner, control.clock.now()));
        if control.store.commit(commit).await.is_ok() {
            return Ok(true);
        }
        if control.store.data(owner).await?.is_some() {
            return Ok(false);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_the_first_data_of_a_flow_that_is_being_removed() -> Result<()> {
    const ROUNDS: usize = 40;
    let home = Home::start().await?;
    let (api, control) = (home.api(), home.server()?.control().clone());
    let branch = api.branch_with("demo", &[]).await?;
    let mut marked = 0;
    for _ in 0..ROUNDS {
        let flow = api.start(&branch).await?.id;
        let owner = DataOwner::Flow(flow);
        let writes: Vec<_> = (0..4)
            .map(|n| {
                let control = control.clone();
                tokio::spawn(async move {
                    let change = DataChange::set("", json!({"n": n}))?;
                    control.change_data(owner, &change, &DataTerms::default()).await
                })
            })
            .collect();
        let is_marked = is_marked_before_it_has_data(&control, flow).await?;
        for write in writes {
            let said = write.await?;
            assert!(!is_marked || matches!(said, Err(ControlError::NotFound { what: "flow", .. })), "{said:?}");
        }
        assert_eq!(control.store.data(owner).await?.is_some(), !is_marked);
        marked += usize::from(is_marked);
    }
    ensure!(marked > 0, "each time the data were first");
    home.end([]).await
}
