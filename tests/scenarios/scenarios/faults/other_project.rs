//! Whoever moves a branch to another project dies, at every moment, and things happen in it at that very moment: it is in one of the projects,
//! and all of its history follows.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Result, ensure};
use kraken_control::flows::StartFlow;
use kraken_domain::{
    BranchId, ProjectId,
    flow::{FlowKind, FlowReason},
};
use kraken_harness::{Api, Home, code, job, live_for, shell};
use kraken_protocol::api::{BranchView, FlowView};
use serde_json::{Value, json};

use crate::life::other_project::{by_hand, move_to, project, projects_of};

/// So long that what is due is surely looked at.
const RATHER_LONG_MS: i64 = 11 * 60 * 1000;

async fn project_of(api: &Api, branch: &str) -> Result<ProjectId> {
    Ok(api.get::<BranchView>(&format!("/api/branches/{branch}")).await?.project)
}

/// Goes on with what follows branches until that is done.
async fn followed(home: &Home, branch: BranchId) -> Result<()> {
    let control = home.server()?.control();
    let mut ticks = 0;
    while control.store.branch_move(branch).await?.is_some_and(|note| !note.followed) {
        home.move_clock(RATHER_LONG_MS);
        control.tick_retention().await?;
        ticks += 1;
        ensure!(ticks < 50, "the history does not follow");
    }
    Ok(())
}

fn two_jobs() -> String {
    let step = [json!({"tool": "shell", "cmd": "true"})];
    code(&json!({"parent": "root", "triggers": {"parent": true, "interval": "30d"}, "jobs": [job("one", &step), job("two", &step)]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_at_any_moment_leaves_the_branch_in_one_project_and_its_history_follows() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[("build", &two_jobs())]).await?;
    for _ in 0..3 {
        by_hand(&api, &agent, &branch, 2).await?;
    }
    let id: BranchId = branch.parse()?;
    let mut there = project_of(&api, &branch).await?;
    let mut other = project(&api, "new").await?;
    let control = home.server()?.control().clone();

    // Each lives a little longer than the one before; whenever the branch has moved, it moves back next.
    let (mut polls, mut deaths) = (1, 0);
    loop {
        let through = live_for(control.move_branch(id, other), polls).await.transpose()?.is_some();
        let now = project_of(&api, &branch).await?;
        let mut listed = Vec::new();
        for project in [there, other] {
            let branches: Vec<BranchView> = api.list(&format!("/api/projects/{project}/branches")).await?;
            listed.extend(branches.iter().map(|branch| (project, branch.id)));
            assert_eq!(control.store.branch_named(project, "main").await?, (project == now).then_some(id));
        }
        assert_eq!(listed, [(now, id)], "in one of them, and not in both");
        for stage in control.store.stages(id).await? {
            assert_eq!(stage.project, now, "a stage is never anybody's else than its branch");
        }
        if through {
            assert_eq!((now, projects_of(&control, id).await?), (other, BTreeSet::from([other])));
            break;
        }
        // The last that is done by a look after it is a note that there is nothing to do.
        followed(&home, id).await?;
        assert_eq!(projects_of(&control, id).await?, BTreeSet::from([now]), "after {polls} looks");
        if now == other {
            (there, other) = (other, there);
        }
        (polls, deaths) = (polls + 1, deaths + 1);
    }
    ensure!(deaths > 10, "it died only {deaths} times");
    home.pass(Duration::from_secs(16 * 60)).await?;
    home.pass(Duration::from_secs(11 * 60)).await?;
    assert!(control.store.branch_move(id).await?.is_none());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_starts_at_the_same_moment_is_refused_or_follows() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[("build", &two_jobs())]).await?;
    let id: BranchId = branch.parse()?;
    let to = project(&api, "new").await?;
    let control = home.server()?.control().clone();
    let read = control.branch(id).await?.value;
    let start = || StartFlow { read: Some(read.clone()), ..StartFlow::new(id, FlowKind::Ci, FlowReason::Person) };
    let starts = async {
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(control.start_flow(start()).await);
        }
        all
    };
    let (moved, started) = tokio::join!(control.move_branch(id, to), starts);
    for flow in started {
        flow?;
    }
    if moved.is_err() {
        for flow in api.list::<FlowView>(&format!("/api/branches/{branch}/flows")).await? {
            control.cancel_flow(flow.id).await?;
            api.completed(&flow).await?;
        }
        control.move_branch(id, to).await?;
    }
    // Whoever read the branch before it moved, and comes late.
    let (late, runs) = control.start_flow(start()).await?;
    assert_ne!((late.project, runs[0].project), (to, to), "it was begun in the old project");
    home.pass(Duration::from_secs(16 * 60)).await?;
    home.pass(Duration::from_secs(11 * 60)).await?;
    assert_eq!(projects_of(&control, id).await?, BTreeSet::from([to]));
    assert!(control.store.branch_move(id).await?.is_none());
    for flow in api.list::<FlowView>(&format!("/api/branches/{branch}/flows")).await? {
        control.cancel_flow(flow.id).await?;
        api.completed(&flow).await?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_is_made_at_the_same_moment_is_in_the_project_of_its_branch() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[]).await?;
    let id: BranchId = branch.parse()?;
    let mut to = project(&api, "new").await?;
    let mut from = project_of(&api, &branch).await?;
    let control = home.server()?.control().clone();
    for round in 0..12 {
        let names: Vec<String> = (0..3).map(|number| format!("stage-{round}-{number}")).collect();
        let made = async {
            for name in &names {
                api.add_stage(&branch, name, &shell("true")).await?;
            }
            anyhow::Ok(())
        };
        let (moved, made) = tokio::join!(control.move_branch(id, to), made);
        made?;
        // It is the one of the two that may have to be asked for again.
        if moved.is_err() {
            control.move_branch(id, to).await?;
        }
        let stages = control.store.stages(id).await?;
        assert_eq!(stages.len(), 3 * (round + 1));
        assert!(stages.iter().all(|stage| stage.project == to), "round {round}");
        (from, to) = (to, from);
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_history_follows_in_several_ticks_the_newest_first() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let jobs: Vec<Value> = (0..520).map(|number| job(&format!("job{number}"), &[json!({"tool": "shell", "cmd": "true"})])).collect();
    let code = code(&json!({"parent": "root", "jobs": jobs}));
    let branch = api.branch_with("old", &[("build", &code)]).await?;
    let mut all = Vec::new();
    for _ in 0..2 {
        let flow = api.start(&branch).await?;
        api.run_in(&flow, "build", "in_progress").await?;
        home.server()?.control().cancel_flow(flow.id).await?;
        home.tick().await?;
        all.push(api.completed(&flow).await?);
    }
    let id: BranchId = branch.parse()?;
    let from = project_of(&api, &branch).await?;
    let to = project(&api, "new").await?;
    let third = project(&api, "third").await?;
    let control = home.server()?.control().clone();

    move_to(&api, &branch, to).await?;
    assert_eq!(control.store.flow(all[1].id).await?.map(|flow| flow.project), Some(to), "the newest first");
    assert_eq!(projects_of(&control, id).await?, BTreeSet::from([from, to]), "as far as a caller waits");
    // It moves on while its history is still on the way.
    move_to(&api, &branch, third).await?;
    followed(&home, id).await?;
    assert_eq!(projects_of(&control, id).await?, BTreeSet::from([third]));
    for flow in &all {
        let jobs = control.store.jobs(flow.runs.as_ref().unwrap()[0].id, 1000, None).await?.items;
        assert_eq!(jobs.len(), 520);
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_follow_and_two_that_move_are_in_nobodys_way() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent_by_hand().await?;
    let api = home.api();
    let branch = api.branch_with("old", &[("build", &two_jobs())]).await?;
    for _ in 0..4 {
        by_hand(&api, &agent, &branch, 2).await?;
    }
    let id: BranchId = branch.parse()?;
    let (one, two) = (project(&api, "one").await?, project(&api, "two").await?);
    let control = home.server()?.control().clone();
    let (first, second, tick) = tokio::join!(control.move_branch(id, one), control.move_branch(id, two), control.tick_retention());
    first.and(second)?;
    tick?;
    followed(&home, id).await?;
    let now = project_of(&api, &branch).await?;
    assert!([one, two].contains(&now));
    assert_eq!(projects_of(&control, id).await?, BTreeSet::from([now]));
    home.end([]).await
}
