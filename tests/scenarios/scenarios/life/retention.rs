//! What is kept, and what goes when its time is over: records, objects and lines.

use std::time::Duration;

use anyhow::{Context, Result};
use kraken_control::Control;
use kraken_domain::{FlowId, flow::FlowKind, job::Outcome};
use kraken_harness::{Api, Home, ended, eventually, refusal, shell, stage};
use kraken_protocol::api::{FlowView, FoundLogs, JobView, Page, RetentionView};
use kraken_store::{Commit, Left};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A day and a bit.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600 + 60);

/// All flows of a branch, newest first.
pub(crate) async fn flows(api: &Api, branch: &str) -> Result<Vec<FlowView>> {
    api.list(&format!("/api/branches/{branch}/flows")).await
}

/// Sets what is kept of CI flows and gives it as it is then.
pub(crate) async fn keeps(api: &Api, branch: &str, ci: Value) -> Result<RetentionView> {
    let path = format!("/api/branches/{branch}/retention");
    let read: RetentionView = api.get(&path).await?;
    api.put(&path, &json!({"version": read.version, "ci": ci})).await
}

/// The keys of all records and objects that are of that flow.
pub(crate) async fn left_of(home: &Home, flow: &FlowView) -> Result<Vec<String>> {
    let (api, id) = (home.api(), flow.id.to_string());
    let (mut left, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<Value> = api.get(&format!("/api/export/records{cursor}")).await?;
        let keys = page.items.iter().map(|item| format!("{} / {} ({})", item["pk"], item["sk"], item["listed"]));
        left.extend(keys.filter(|key| key.contains(&id)));
        match page.next {
            Some(next) => cursor = format!("?cursor={next}"),
            None => break,
        }
    }
    let mut after = None;
    loop {
        let (objects, next) = home.server()?.control().objects.list("agents/", after.as_deref(), 1000).await?;
        left.extend(objects.into_iter().map(|(key, _)| key).filter(|key| key.contains(&id)));
        after = next;
        if after.is_none() {
            return Ok(left);
        }
    }
}

/// Marks a flow as whoever removes it does first.
pub(crate) async fn mark(control: &Control, flow: FlowId) -> Result<()> {
    let read = control.store.flow(flow).await?.context("the flow is there")?;
    let mut going = read.value.clone();
    going.retention.going_since = Some(control.clock.now());
    let mut commit = Commit::new();
    commit.replace(&read, &going)?;
    Ok(control.store.commit(commit).await?)
}

async fn status(api: &Api, path: &str) -> Result<StatusCode> {
    Ok(api.request(Method::GET, path).send().await?.status())
}

/// How many lines of the flow the search finds.
async fn lines(api: &Api, flow: &FlowView) -> Result<usize> {
    let found: FoundLogs = api.get(&format!("/api/logs?flow={}&limit=100", flow.id)).await?;
    Ok(found.items.len())
}

/// A flow whose job says something and stores a file, once its log can be searched.
async fn with_everything(api: &Api, branch: &str) -> Result<(FlowView, JobView)> {
    let flow = api.completed(&api.start(branch).await?).await?;
    let job = api.only_job(&flow).await?;
    ended(&job, Outcome::Ok)?;
    eventually("the log to be found", async || Ok((lines(api, &flow).await? > 2).then_some(()))).await?;
    Ok((flow, job))
}

/// Nobody starts its run: it waits for a person.
fn waits() -> String {
    let job = kraken_harness::job("job", &[json!({"tool": "shell", "cmd": "true"})]);
    kraken_harness::code(&json!({"parent": "root", "triggers": {"parent": true, "manual": true}, "jobs": [job]}))
}

fn speaks_and_stores() -> String {
    stage(&[json!({"tool": "shell", "cmd": "echo a numbat; echo two > two.txt"}), json!({"tool": "artifacts", "source": ["two.txt"]})])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_time_is_really_gone_and_nothing_else() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &speaks_and_stores())]).await?;
    let (old, old_job) = with_everything(&api, &branch).await?;
    let (kept, kept_job) = with_everything(&api, &branch).await?;
    let (newest, _) = with_everything(&api, &branch).await?;
    agent.finish().await?;
    let shown: FlowView = api.put(&format!("/api/flows/{}/keep", kept.id), &json!({"keep": true})).await?;
    assert!(shown.kept);
    assert!(left_of(&home, &old).await?.iter().any(|key| key.contains("artifacts/")), "{:?}", left_of(&home, &old).await?);
    let beside = (left_of(&home, &kept).await?, left_of(&home, &newest).await?);

    let set = keeps(&api, &branch, json!({"days": 3})).await?;
    assert_eq!((set.is_default, set.ci.days, set.ci.flows, set.dev.days), (false, Some(3), None, Some(180)));
    home.pass(DAY).await?;
    assert_eq!(flows(&api, &branch).await?.len(), 3, "its time is not over");
    home.pass(3 * DAY).await?;

    let left: Vec<_> = flows(&api, &branch).await?.into_iter().map(|flow| flow.id).collect();
    assert_eq!(left, [newest.id, kept.id]);
    assert_eq!(left_of(&home, &old).await?, [""; 0]);
    assert_eq!(lines(&api, &old).await?, 0);
    for path in [
        format!("/api/flows/{}", old.id),
        format!("/api/flows/{}/changes", old.id),
        format!("/api/runs/{}", old_job.id.run),
        format!("/api/jobs/{}", old_job.id),
        format!("/api/jobs/{}/log", old_job.id),
        format!("/api/runs/{}/artifacts/two.txt", old_job.id.run),
    ] {
        assert_eq!(status(&api, &path).await?, StatusCode::NOT_FOUND, "{path}");
    }
    // The others are as they were.
    assert_eq!((left_of(&home, &kept).await?, left_of(&home, &newest).await?), beside);
    assert!(lines(&api, &kept).await? > 2 && lines(&api, &newest).await? > 2);
    assert!(api.log(&kept_job).await?.contains(&"a numbat".to_owned()));
    assert_eq!(status(&api, &format!("/api/runs/{}/artifacts/two.txt", kept_job.id.run)).await?, StatusCode::OK);

    // Not kept by hand any more, it goes with the next look. Numbers go on.
    api.put::<FlowView>(&format!("/api/flows/{}/keep", kept.id), &json!({"keep": false})).await?;
    home.pass(DAY).await?;
    assert_eq!(left_of(&home, &kept).await?, [""; 0]);
    home.pass(1000 * DAY).await?;
    let left = flows(&api, &branch).await?;
    assert_eq!((left.len(), left[0].id), (1, newest.id), "the newest stays whatever its age");
    assert_eq!(api.start(&branch).await?.sequence, newest.sequence + 1);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_and_artifacts_go_before_their_flow() -> Result<()> {
    let mut home = Home::start().await?;
    let mut agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &speaks_and_stores())]).await?;
    let (old, job) = with_everything(&api, &branch).await?;
    let (newest, newest_job) = with_everything(&api, &branch).await?;
    agent.finish().await?;
    keeps(&api, &branch, json!({"artifacts_days": 2, "logs_days": 4})).await?;

    home.pass(3 * DAY).await?;
    let now = api.flow(&old).await?;
    assert!(now.without_artifacts_since.is_some() && now.without_logs_since.is_none(), "{now:?}");
    let left = left_of(&home, &old).await?;
    assert!(left.iter().any(|key| key.contains("log.gz")) && !left.iter().any(|key| key.contains("artifacts/")), "{left:?}");
    assert!(!left.iter().any(|key| key.contains("ARTIFACTS#")), "{left:?}");
    let artifacts: Page<Value> = api.get(&format!("/api/flows/{}/artifacts", old.id)).await?;
    assert_eq!(artifacts.items.len(), 0);
    assert!(api.log(&job).await?.contains(&"a numbat".to_owned()));

    home.pass(2 * DAY).await?;
    let now = api.flow(&old).await?;
    assert!(now.without_logs_since.is_some(), "{now:?}");
    let left = left_of(&home, &old).await?;
    assert!(!left.iter().any(|key| key.starts_with("agents/")), "{left:?}");
    assert_eq!((api.log(&job).await?.len(), lines(&api, &old).await?), (0, 0));
    ended(&api.job(job.id).await?, Outcome::Ok)?;
    // Nothing more to do for it, and nothing for the newest.
    let before = left_of(&home, &old).await?;
    home.pass(DAY).await?;
    assert_eq!((left_of(&home, &old).await?, api.flow(&old).await?.without_logs_since), (before, now.without_logs_since));
    assert!(api.log(&newest_job).await?.contains(&"a numbat".to_owned()));
    assert!(api.flow(&newest).await?.without_logs_since.is_none());

    // What is made in it anew is kept anew.
    api.post::<Value>(&format!("/api/jobs/{}/rerun", job.id), &json!({})).await?;
    let lost = |flow: &FlowView| (flow.without_logs_since, flow.without_artifacts_since);
    assert_eq!(lost(&api.flow(&old).await?), lost(&now), "the job from before is still without them");
    home.pass(20 * DAY).await?;
    assert_eq!(lost(&api.flow(&old).await?), lost(&now), "it is in progress");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_of_a_branch_that_is_not_there_but_was_not_deleted_stay() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &waits())]).await?;
    let flow = api.start(&branch).await?;
    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await.ok();
    api.completed(&flow).await?;
    let store = &home.server()?.control().store;
    let id = branch.parse()?;
    let before = (left_of(&home, &flow).await?, store.sweep(id).await?.context("a look")?);
    let record = store.branch(id).await?.context("the branch")?;
    store.remove(&[Left::record(&record.value)]).await?;
    home.pass(3 * DAY).await?;
    let after = (left_of(&home, &flow).await?, store.sweep(id).await?.context("a look")?);
    assert_eq!(after.0, before.0);
    assert!(after.1.due > before.1.due, "it is not looked at all the time");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_in_progress_is_never_touched() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &waits())]).await?;
    let (waits, cancelled, newest) = (api.start(&branch).await?, api.start(&branch).await?, api.start(&branch).await?);
    api.post::<Value>(&format!("/api/flows/{}/cancel", cancelled.id), &json!({})).await.ok();
    api.completed(&cancelled).await?;
    keeps(&api, &branch, json!({"flows": 1, "logs_days": 1, "artifacts_days": 1})).await?;
    let before = left_of(&home, &waits).await?;
    home.pass(3 * DAY).await?;
    let left: Vec<_> = flows(&api, &branch).await?.into_iter().map(|flow| flow.id).collect();
    assert_eq!(left, [newest.id, waits.id]);
    assert_eq!(left_of(&home, &cancelled).await?, [""; 0]);
    assert_eq!(left_of(&home, &waits).await?, before);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_of_a_branch_that_was_deleted_go_in_the_end() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let build = api.add_stage(&branch, "build", &waits()).await?;
    let (over, waits) = (api.start(&branch).await?, api.start_with(&branch, &json!({"kind": "dev"})).await?);
    api.post::<Value>(&format!("/api/flows/{}/cancel", over.id), &json!({})).await.ok();
    api.completed(&over).await?;
    api.put::<FlowView>(&format!("/api/flows/{}/keep", over.id), &json!({"keep": true})).await?;
    api.delete(&format!("/api/stages/{build}")).await?;
    api.delete(&format!("/api/branches/{branch}")).await?;
    assert_eq!(api.flow(&over).await?.state, "completed", "it is found by its id");
    home.pass(2 * DAY).await?;
    assert_eq!(left_of(&home, &over).await?, [""; 0]);
    // What waited was cancelled, as nobody can go on with it, and goes when it rested.
    let waited = api.completed(&waits).await?;
    assert!(waited.cancelled);
    home.pass(2 * DAY).await?;
    assert_eq!(left_of(&home, &waits).await?, [""; 0]);
    home.pass(2 * DAY).await?;
    let page: Page<Value> = api.get("/api/export/records").await?;
    let left: Vec<_> = page.items.iter().filter(|item| item["pk"].as_str().is_some_and(|pk| pk.contains(&branch))).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(home.server()?.control().store.sweep(branch.parse()?).await?.is_none());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_what_is_kept_says_what_was_read_and_is_told_what_is_wrong() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("echo '#{branch.retention_policy}'"))]).await?;
    let path = format!("/api/branches/{branch}/retention");
    let read: RetentionView = api.get(&path).await?;
    assert!(read.is_default && read.next_look.is_some());
    let new = json!({"version": read.version, "ci": {"days": 30, "logs_days": 7}, "dev": {}});
    let set: RetentionView = api.put(&path, &new).await?;
    assert_eq!((set.ci.days, set.ci.flows, set.ci.logs_days, set.dev.days, set.dev.flows), (Some(30), None, Some(7), None, None));
    let hour = Duration::from_secs(3600);
    let next = set.next_look.context("a look")?;
    assert!(next > kraken_domain::Timestamp::now() + hour - Duration::from_secs(60), "it can be changed back until {next}");
    // Told again, as its answer was lost: the same. What somebody else read before the change: refused.
    assert_eq!(api.put::<RetentionView>(&path, &new).await?.version, set.version);
    let late = refusal(api.put::<RetentionView>(&path, &json!({"version": read.version})).await)?;
    assert_eq!(late.status, StatusCode::CONFLICT, "{late:?}");
    let version = set.version;
    for (wrong, places) in [
        (
            json!({"version": version, "ci": {"days": 0, "flows": 10_001}, "dev": {"logs_days": 40_000}}),
            vec!["/ci/days", "/ci/flows", "/dev/logs_days"],
        ),
        (json!({"version": version, "ci": {"days": -1}}), vec!["/ci/days"]),
        (json!({"version": version, "ci": {"days": "many"}}), vec!["/ci/days"]),
        (json!({"version": version, "ci": {"weeks": 3}}), vec!["/ci"]),
        (json!({"ci": {"days": 3}}), vec![""]),
    ] {
        let refused = refusal(api.put::<RetentionView>(&path, &wrong).await)?;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{wrong}: {refused:?}");
        let found: Vec<_> = refused.problem.errors.iter().map(|error| error.path.as_str()).collect();
        assert!(places.iter().all(|place| found.iter().any(|path| path.starts_with(place))) || found.is_empty(), "{wrong}: {refused:?}");
    }
    assert_eq!(api.get::<RetentionView>(&path).await?.ci, set.ci);
    let reset: RetentionView = api.put(&path, &json!({"version": version})).await?;
    assert!(reset.is_default);
    let nobody = kraken_domain::BranchId::new(7, 7);
    assert_eq!(refusal(api.get::<RetentionView>(&format!("/api/branches/{nobody}/retention")).await)?.status, StatusCode::NOT_FOUND);
    // A fork is kept as long.
    keeps(&api, &branch, json!({"days": 11})).await?;
    let fork: Value = api.post(&format!("/api/branches/{branch}/fork"), &json!({"name": "release"})).await?;
    let of_fork: RetentionView = api.get(&format!("/api/branches/{}/retention", fork["id"].as_str().unwrap())).await?;
    assert_eq!((of_fork.ci.days, of_fork.next_look.is_some()), (Some(11), true));
    let control = home.server()?.control();
    assert!(control.store.newest_flows(branch.parse()?, FlowKind::Ci, 5).await?.is_none());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_see_how_long_their_branch_is_kept() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let cmd = "echo '#{branch.retention_policy.ci_days} #{branch.retention_policy.ci_logs} #{branch.retention_policy.dev_flows}'";
    let branch = api.branch_with("demo", &[("build", &shell(cmd))]).await?;
    keeps(&api, &branch, json!({"days": 3, "logs_days": 2})).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(api.log(&job).await?, ["3 2 20"]);
    home.end([agent]).await
}
