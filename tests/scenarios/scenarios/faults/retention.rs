//! Whoever removes what is past its time dies, at every moment: nothing is left that nobody finds, and nothing else is touched.

mod midway;

use anyhow::{Result, ensure};
use bytes::Bytes;
use kraken_control::Control;
use kraken_domain::job::Outcome;
use kraken_harness::{Api, HandAgent, Home, live_for, shell};
use kraken_protocol::{
    agent::{ArtifactFile, RegisterArtifacts},
    api::FlowView,
};
use serde_json::{Value, json};

use crate::life::retention::{DAY, flows, keeps, left_of};

/// A flow of two jobs, each with a log and artifacts in the object store.
async fn flow(home: &Home, agent: &HandAgent, branch: &str) -> Result<FlowView> {
    let (api, objects) = (home.api(), &home.server()?.control().objects);
    let flow = api.start(branch).await?;
    let session = agent.session().await?;
    for _ in 0..2 {
        let order = agent.take().await?;
        let at = format!("{}jobs/{}/{}/", session.prefix, order.job, order.generation.0);
        for name in ["log.gz", "index.json", "part-1.gz", "artifacts/one", "artifacts/unknown"] {
            objects.put(&format!("{at}{name}"), "text/plain", Bytes::from_static(b"x")).await?;
        }
        let file = ArtifactFile {
            path: "one".to_owned(),
            key: format!("{at}artifacts/one"),
            size: 1,
            sha256: "0".repeat(64),
            mode: 0o644,
            public: false,
            report_entry: false,
        };
        let noted = RegisterArtifacts { job: order.job, generation: order.generation, files: vec![file] };
        agent.api().post::<Value>("/api/agent/artifacts/register", &noted).await.ok();
        agent.finish(&order, Outcome::Ok).await?;
    }
    api.completed(&flow).await
}

/// A branch whose flows have two runs of one job each.
async fn two_stages(api: &Api) -> Result<String> {
    api.branch_with("demo", &[("one", &shell("true")), ("two", &shell("true"))]).await
}

/// Flows of two jobs each, all of them over, and somebody who said days ago how long they are kept.
struct Aged {
    home: Home,
    branch: String,
    /// The newest last.
    flows: Vec<FlowView>,
}

impl Aged {
    async fn start(count: usize, kept: Value) -> Result<Self> {
        let mut home = Home::start().await?;
        let branch = two_stages(&home.api()).await?;
        let agent = home.agent_by_hand().await?;
        let mut flows = Vec::with_capacity(count);
        for _ in 0..count {
            flows.push(flow(&home, &agent, &branch).await?);
        }
        keeps(&home.api(), &branch, kept).await?;
        home.move_clock(i64::try_from((3 * DAY).as_millis())?);
        Ok(Self { home, branch, flows })
    }

    fn control(&self) -> Result<Control> {
        Ok(self.home.server()?.control().clone())
    }

    /// The flows that are listed, newest first.
    async fn listed(&self) -> Result<Vec<kraken_domain::FlowId>> {
        Ok(flows(&self.home.api(), &self.branch).await?.into_iter().map(|flow| flow.id).collect())
    }

    async fn left_of(&self, flow: &FlowView) -> Result<Vec<String>> {
        left_of(&self.home, flow).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_dies_at_any_moment_leaves_what_the_next_goes_on_with() -> Result<()> {
    let aged = Aged::start(6, json!({"flows": 1})).await?;
    let (control, api) = (aged.control()?, aged.home.api());
    let (newest, old) = aged.flows.split_last().unwrap();
    let untouched = aged.left_of(newest).await?;
    ensure!(aged.left_of(&old[0]).await?.len() >= 17, "{:?}", aged.left_of(&old[0]).await?);

    // Each lives a little longer than the one before.
    let (mut polls, mut deaths) = (1, 0);
    loop {
        let through = live_for(control.tick_retention(), polls).await.transpose()?.is_some();
        let listed = aged.listed().await?;
        ensure!(listed.first() == Some(&newest.id), "{listed:?}");
        for flow in old {
            let shown = api.request(reqwest::Method::GET, &format!("/api/flows/{}", flow.id)).send().await?.status();
            ensure!(shown.is_success() == listed.contains(&flow.id), "what nobody sees in a list is not found by its id, either: {shown}");
            if shown.is_success() {
                ensure!(aged.left_of(flow).await?.len() >= 17, "of what is seen nothing is missing");
            }
        }
        if through {
            break;
        }
        (polls, deaths) = (polls + 1, deaths + 1);
    }
    ensure!(deaths > 10, "it died only {deaths} times");
    for flow in old {
        assert_eq!(aged.left_of(flow).await?, [""; 0]);
    }
    assert_eq!(aged.left_of(newest).await?, untouched);
    // Once more, for nothing.
    aged.home.pass(DAY).await?;
    aged.home.pass(DAY).await?;
    assert_eq!(aged.left_of(newest).await?, untouched);
    aged.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_look_at_the_same_moment_are_in_nobodys_way() -> Result<()> {
    let aged = Aged::start(5, json!({"flows": 2, "logs_days": 1})).await?;
    let control = aged.control()?;
    let (one, two, three) = tokio::join!(control.tick_retention(), control.tick_retention(), control.tick_retention());
    one.and(two).and(three)?;
    aged.home.pass(DAY).await?;
    let all = &aged.flows;
    assert_eq!(aged.listed().await?, [all[4].id, all[3].id]);
    for flow in &all[..3] {
        assert_eq!(aged.left_of(flow).await?, [""; 0]);
    }
    assert!(!aged.left_of(&all[3]).await?.iter().any(|key| key.contains("log.gz")));
    assert!(aged.left_of(&all[3]).await?.iter().any(|key| key.contains("artifacts/unknown")));
    assert!(aged.left_of(&all[4]).await?.iter().any(|key| key.contains("log.gz")));
    aged.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rerun_and_a_removal_at_the_same_moment_never_both_happen() -> Result<()> {
    let aged = Aged::start(6, json!({"flows": 1})).await?;
    let (control, api) = (aged.control()?, aged.home.api());
    let reruns = async {
        let mut made = Vec::new();
        for flow in aged.flows[..5].iter().rev() {
            let run = flow.runs.as_ref().unwrap()[0].id;
            let answer = api.request(reqwest::Method::POST, &format!("/api/runs/{run}/rerun")).json(&json!({"jobs": "all"})).send().await;
            made.push((flow, answer.map(|answer| answer.status())));
        }
        made
    };
    let (ticked, reruns) = tokio::join!(control.tick_retention(), reruns);
    ticked?;
    aged.home.pass(DAY).await?;
    for (flow, status) in reruns {
        let left = aged.left_of(flow).await?;
        if status?.is_success() {
            assert!(left.len() >= 17, "it runs again, so all of it is there: {left:?}");
        } else {
            assert_eq!(left, [""; 0]);
        }
    }
    aged.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_flow_goes_in_several_ticks_and_nobody_waits_for_it() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let jobs: Vec<Value> =
        (0..700).map(|number| kraken_harness::job(&format!("job{number}"), &[json!({"tool": "shell", "cmd": "true"})])).collect();
    let code = kraken_harness::code(&json!({"parent": "root", "jobs": jobs}));
    let branch = api.branch_with("demo", &[("build", &code)]).await?;
    let mut old = Vec::new();
    for _ in 0..3 {
        let flow = api.start(&branch).await?;
        api.run_in(&flow, "build", "in_progress").await?;
        home.server()?.control().cancel_flow(flow.id).await?;
        home.tick().await?;
        old.push(api.completed(&flow).await?);
    }
    let other = api.branch_with("other", &[("build", &shell("true"))]).await?;
    keeps(&api, &branch, json!({"flows": 1})).await?;
    home.move_clock(i64::try_from((3 * DAY).as_millis())?);
    let control = home.server()?.control().clone();
    let mut ticks = 0;
    while !left_of(&home, &old[0]).await?.is_empty() || !left_of(&home, &old[1]).await?.is_empty() {
        control.tick_retention().await?;
        ticks += 1;
        ensure!(ticks < 20, "it does not come to an end");
    }
    ensure!(ticks > 1, "one tick did all of it");
    assert_eq!(flows(&api, &branch).await?.len(), 1);
    assert!(left_of(&home, &old[2]).await?.len() >= 700);
    assert!(control.store.sweep(other.parse()?).await?.is_some());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_of_a_job_is_stepped_over_and_what_comes_after_it_goes() -> Result<()> {
    let home = Home::start().await?;
    let objects = &home.server()?.control().objects;
    let at = "agents/1/jobs/2/3/";
    let files = (0..1_010).map(|number| format!("{at}artifacts/{number}"));
    let logs = ["index.json", "log.gz", "a first one"].map(|name| format!("{at}{name}"));
    let mut puts = tokio::task::JoinSet::new();
    for key in files.chain(logs) {
        let control = home.server()?.control().clone();
        puts.spawn(async move { control.objects.put(&key, "text/plain", Bytes::from_static(b"x")).await });
    }
    for put in puts.join_all().await {
        put?;
    }
    assert_eq!(objects.remove_below(at, Some(&format!("{at}artifacts/"))).await?, 3);
    assert_eq!(objects.remove_below(at, None).await?, 1_010);
    home.end([]).await
}
