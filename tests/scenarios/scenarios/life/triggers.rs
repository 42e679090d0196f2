//! Stages that start by the clock: once for each time, however often and however late somebody looks.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kraken_domain::{StageId, trigger::TriggerKind};
use kraken_harness::{Home, Meter, child, code, job, refusal, settings, shell};
use kraken_protocol::api::{FlowView, StageView};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A root stage with these triggers, whose only job does nothing.
fn triggered(triggers: &Value) -> String {
    code(&json!({"parent": "root", "triggers": triggers, "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]}))
}

async fn flows(home: &Home, branch: &str) -> Result<Vec<FlowView>> {
    home.api().list(&format!("/api/branches/{branch}/flows")).await
}

async fn the_stage(home: &Home, stage: &str) -> Result<StageView> {
    home.api().get(&format!("/api/stages/{stage}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_starts_a_flow_with_its_siblings_each_time_it_comes() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("sibling", &shell("true")), ("quiet", &triggered(&json!({"parent": false})))]).await?;
    let stage = api.add_stage(&branch, "nightly", &triggered(&json!({"parent": false, "interval": "10m"}))).await?;
    let [trigger] = the_stage(&home, &stage).await?.triggers.try_into().ok().context("the stage has one trigger")?;
    assert_eq!((trigger.kind.as_str(), trigger.every_s, trigger.last_due), ("interval", Some(600), None));

    home.pass(9 * MINUTE).await?;
    assert!(flows(&home, &branch).await?.is_empty(), "it is not due");
    home.pass(MINUTE + Duration::from_secs(20)).await?;
    let started = flows(&home, &branch).await?;
    assert_eq!(started.len(), 1);
    assert_eq!((started[0].reason.as_str(), started[0].trigger_stage.map(|id| id.to_string())), ("interval", Some(stage.clone())));
    let mut stages: Vec<String> = api.runs(&started[0]).await?.into_iter().map(|run| run.stage_name).collect();
    stages.sort();
    assert_eq!(stages, ["nightly", "sibling"], "the stage itself, and the roots that come with every flow");

    let after = the_stage(&home, &stage).await?.triggers;
    assert_eq!((after[0].last_due, after[0].last_flow), (trigger.next_due, Some(started[0].id)));
    let first = trigger.next_due.context("it is due")?;
    assert_eq!(after[0].next_due.context("it comes again")?.duration_since(first).as_secs(), 600, "no drift");
    home.tick().await?;
    assert_eq!(flows(&home, &branch).await?.len(), 1, "once for each time");
    home.pass(10 * MINUTE).await?;
    assert_eq!(flows(&home, &branch).await?.len(), 2);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_comes_once_and_what_is_long_past_not_at_all() -> Result<()> {
    let mut home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    let often = home.api().add_stage(&branch, "often", &triggered(&json!({"parent": false, "cron": "*/10 * * * *"}))).await?;
    let [rule] = the_stage(&home, &often).await?.triggers.try_into().ok().context("the stage has one trigger")?;
    assert_eq!((rule.every_s, rule.cron.as_deref(), rule.time_zone.as_deref()), (None, Some("*/10 * * * *"), Some("UTC")));
    home.stop().await;
    home.move_clock(i64::try_from((5 * HOUR).as_millis())?);
    home.restart().await?;
    home.tick().await?;
    assert_eq!(flows(&home, &branch).await?.len(), 1, "thirty times were missed");

    let now = kraken_domain::Timestamp::now();
    let soon = now.checked_add(6 * HOUR)?;
    let once = home.api().add_stage(&branch, "once", &triggered(&json!({"parent": false, "date": soon.to_string()}))).await?;
    home.api().delete(&format!("/api/stages/{often}")).await?;
    home.stop().await;
    home.move_clock(i64::try_from((3 * HOUR).as_millis())?);
    home.restart().await?;
    home.tick().await?;
    assert_eq!(flows(&home, &branch).await?.len(), 1, "two hours late is too late");
    let [trigger] = the_stage(&home, &once).await?.triggers.try_into().ok().context("the stage has one trigger")?;
    assert!(trigger.last_skipped && trigger.next_due.is_none() && trigger.last_flow.is_none());
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_look_at_the_same_moment_start_one_flow() -> Result<()> {
    let home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    let stage: StageId = home.api().add_stage(&branch, "tick", &triggered(&json!({"interval": "1m"}))).await?.parse()?;
    home.move_clock(i64::try_from(MINUTE.as_millis())? + 500);
    let looks: Vec<_> = (0..16)
        .map(|_| {
            let control = home.server().map(|server| server.control().clone());
            tokio::spawn(async move { control?.reconcile_trigger(stage, TriggerKind::Interval).await.map_err(anyhow::Error::from) })
        })
        .collect();
    for look in looks {
        look.await??;
    }
    assert_eq!(flows(&home, &branch).await?.len(), 1);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planner_that_died_after_the_start_starts_nothing_twice() -> Result<()> {
    let home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    let stage = home.api().add_stage(&branch, "tick", &triggered(&json!({"interval": "1h"}))).await?;
    let due = the_stage(&home, &stage).await?.triggers[0].next_due.context("it is due")?;
    home.move_clock(i64::try_from(HOUR.as_millis())? + 500);
    // What it did before it died: the flow is there, the trigger has not moved on.
    let control = home.server()?.control();
    let trigger = control.store.trigger(stage.parse()?, TriggerKind::Interval).await?.context("the stage has a trigger")?;
    let reason = kraken_domain::flow::FlowReason::Trigger { stage: stage.parse()?, kind: TriggerKind::Interval, due };
    let start = kraken_control::flows::StartFlow {
        once: Some(trigger.once(due)),
        ..kraken_control::flows::StartFlow::new(branch.parse()?, kraken_domain::flow::FlowKind::Ci, reason)
    };
    let (flow, _) = control.start_flow(start).await?;
    home.tick().await?;
    assert_eq!(flows(&home, &branch).await?.into_iter().map(|flow| flow.id).collect::<Vec<_>>(), [flow.id]);
    assert_eq!(the_stage(&home, &stage).await?.triggers[0].last_flow, Some(flow.id));
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_stage_that_comes_by_the_clock_runs_in_the_newest_flow() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let deploy = code(&json!({"parent": "build", "triggers": {"parent": false, "interval": "2h"},
        "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]}));
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("deploy", &deploy), ("test", &child("build", "true"))]).await?;
    let stages: Vec<StageView> = api.list(&format!("/api/branches/{branch}/stages")).await?;
    assert_eq!(stages.iter().filter(|stage| !stage.triggers.is_empty()).count(), 1, "lists tell of triggers, too");

    home.pass(2 * HOUR).await?;
    assert!(flows(&home, &branch).await?.is_empty(), "there is no flow to run in");
    let older = api.completed(&api.start(&branch).await?).await?;
    let newer = api.completed(&api.start(&branch).await?).await?;
    home.pass(2 * HOUR).await?;
    let run = api.run_in(&newer, "deploy", "processed").await?;
    assert_eq!(run.reason, "trigger");
    ensure!(api.runs(&older).await?.iter().all(|run| run.stage_name != "deploy"), "only the newest flow gets it");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_stage_that_comes_by_the_clock_takes_no_cancel_back() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let deploy = code(&json!({"parent": "build", "triggers": {"parent": false, "interval": "2h"},
        "jobs": [job("job", &[json!({"tool": "shell", "cmd": "true"})])]}));
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("deploy", &deploy)]).await?;
    let flow = api.start(&branch).await?;
    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    home.pass(2 * HOUR + MINUTE).await?;
    let after = api.flow(&flow).await?;
    assert!(after.cancelled, "the flow is still unwanted");
    assert_eq!(api.runs(&flow).await?.len(), 1, "and nothing new runs in it");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_go_and_come_with_their_stage() -> Result<()> {
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[]).await?;
    let rule = |cron: &str| triggered(&json!({"parent": false, "cron": cron, "timezone": "Europe/Warsaw"}));
    let stage = api.add_stage(&branch, "tick", &rule("*/5 * * * *")).await?;
    let path = format!("/api/stages/{stage}");

    let off: StageView = api.put(&path, &json!({"enabled": false})).await?;
    assert!(off.triggers.is_empty());
    home.pass(HOUR).await?;
    assert!(flows(&home, &branch).await?.is_empty(), "a disabled stage starts nothing");

    let on: StageView = api.put(&path, &json!({"enabled": true})).await?;
    assert_eq!(on.triggers.len(), 1, "what passed meanwhile does not count");
    let same: StageView = api.put(&path, &json!({"description": "hourly"})).await?;
    assert_eq!(same.triggers[0].next_due, on.triggers[0].next_due);
    let without: StageView = api.put(&path, &json!({"code": shell("true")})).await?;
    assert!(without.triggers.is_empty());
    let again: StageView = api.put(&path, &json!({"code": rule("0 3 * * *")})).await?;
    assert_eq!(again.triggers.len(), 1);
    api.delete(&path).await?;
    let kept = home.server()?.control().store.trigger(stage.parse()?, TriggerKind::Cron).await?;
    assert!(kept.is_none(), "nothing is left of a stage that is gone");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_make_no_sense_are_refused_with_their_place() -> Result<()> {
    let home = Home::start().await?;
    let branch = home.api().branch_with("demo", &[]).await?;
    for (triggers, path, says) in [
        (json!({"cron": "61 * * * *"}), "/triggers/cron", "minute"),
        (json!({"cron": "0 0 30 2 *"}), "/triggers/cron", "never comes"),
        (json!({"cron": "0 0 * * *", "timezone": "Europe/Atlantis"}), "/triggers/timezone", "time zone"),
        (json!({"interval": "soon"}), "/triggers/interval", "duration"),
        (json!({"interval": "0s"}), "/triggers/interval", "second"),
        (json!({"date": "2026-13-01"}), "/triggers/date", "date"),
    ] {
        let refused = refusal(home.api().add_stage(&branch, "tick", &triggered(&triggers)).await)?.to_string();
        assert!(refused.contains(path) && refused.contains(says), "{refused}");
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_fires_reads_its_branch_once() -> Result<()> {
    let meter = Meter::default();
    let home = Box::pin(Home::metered(settings(), meter.clone())).await?;
    let branch = home.api().branch_with("demo", &[("nightly", &triggered(&json!({"parent": false, "interval": "10m"})))]).await?;
    meter.clear();
    home.pass(11 * MINUTE).await?;
    assert_eq!(flows(&home, &branch).await?.len(), 1);
    let calls = meter.calls().into_iter().filter(|call| call.caller.starts_with("planner"));
    let about = format!("BRANCH#{branch} / BRANCH");
    let reads = calls.filter(|call| &*call.operation == "GetItem" && call.about == about).count();
    assert_eq!(reads, 1);
    home.end([]).await
}
