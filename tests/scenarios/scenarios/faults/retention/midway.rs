//! What people do, or what fails, while something that is past its time goes: nothing goes by what does not hold any more.

use std::{pin::pin, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use kraken_control::Control;
use kraken_harness::{Home, go_on_until};
use kraken_protocol::api::FlowView;
use kraken_search::{Access, Batch, Entry, Level, OpenSearch, OpenSearchConfig, Query, Source};
use serde_json::{Value, json};

use super::Aged;
use crate::life::retention::{DAY, flows, keeps, left_of, mark};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_what_is_kept_in_the_middle_of_a_look_keeps_what_is_still_there() -> Result<()> {
    let aged = Aged::start(5, json!({"flows": 1})).await?;
    let (control, api) = (aged.control()?, aged.home.api());
    let mut look = pin!(control.tick_retention());
    go_on_until(look.as_mut(), "a flow went", async || Ok(aged.listed().await?.len() < 5)).await?;
    keeps(&api, &aged.branch, json!({})).await?;
    look.await?;
    aged.home.pass(2 * DAY).await?;
    let kept: Vec<_> = aged.flows[1..].iter().rev().map(|flow| flow.id).collect();
    assert_eq!(aged.listed().await?, kept);
    assert_eq!(aged.left_of(&aged.flows[0]).await?, [""; 0]);
    aged.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_logs_for_longer_in_the_middle_of_a_look_keeps_those_that_are_still_there() -> Result<()> {
    let aged = Aged::start(4, json!({"logs_days": 1})).await?;
    let (control, api) = (aged.control()?, aged.home.api());
    let (first, second) = (&aged.flows[0], &aged.flows[1]);
    let before = aged.left_of(second).await?;
    let mut look = pin!(control.tick_retention());
    let lost = async || Ok(api.flow(first).await?.without_logs_since.is_some());
    go_on_until(look.as_mut(), "a flow lost its logs", lost).await?;
    keeps(&api, &aged.branch, json!({})).await?;
    look.await?;
    aged.home.pass(2 * DAY).await?;
    assert!(api.flow(second).await?.without_logs_since.is_none());
    assert_eq!(aged.left_of(second).await?, before);
    aged.home.end([]).await
}

/// Has the search know a line of a flow.
async fn says_in(control: &Control, flow: &FlowView, text: &str) -> Result<()> {
    let (search, now) = (control.search.as_ref().context("a search")?, control.clock.now());
    let source = Arc::new(Source { service: "job".to_owned(), flow: Some(flow.id.to_string()), ..Source::default() });
    let entries = vec![Entry { time: now, level: Level::Info, source, text: text.to_owned() }];
    Ok(search.append(Batch { origin: text.to_owned(), received: now, first: 0, entries }).await?)
}

/// How many lines of a flow the search knows.
async fn said_in(control: &Control, flow: &FlowView) -> Result<usize> {
    let search = control.search.as_ref().context("a search")?;
    Ok(search.search(Query { flow: Some(flow.id.to_string()), ..Query::default() }).await?.entries.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_runs_again_while_its_logs_go_keeps_what_it_says_anew() -> Result<()> {
    let aged = Aged::start(2, json!({"logs_days": 1})).await?;
    let (control, api, old) = (aged.control()?, aged.home.api(), &aged.flows[0]);
    let logs = async || Ok::<_, anyhow::Error>(aged.left_of(old).await?.iter().filter(|key| key.contains("log.gz")).count());
    let before = logs().await?;
    says_in(&control, old, "before").await?;
    let mut look = pin!(control.tick_retention());
    go_on_until(look.as_mut(), "a log went", async || Ok(logs().await? < before)).await?;

    assert_eq!(said_in(&control, old).await?, 1, "its lines are there yet");
    let run = old.runs.as_ref().context("its runs")?[0].id;
    api.post::<Value>(&format!("/api/runs/{run}/rerun"), &json!({"jobs": "all"})).await?;
    says_in(&control, old, "anew").await?;
    look.await?;
    assert_eq!(said_in(&control, old).await?, 2);
    assert!(api.flow(old).await?.without_logs_since.is_none());
    aged.home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_what_is_marked_cannot_go_no_more_is_marked() -> Result<()> {
    const MARKED: usize = 22;
    let home = Home::start().await?;
    let (api, control) = (home.api(), home.server()?.control().clone());
    // Flows without a stage are over as they begin.
    let (many, other) = (api.branch_with("many", &[]).await?, api.branch_with("other", &[]).await?);
    let mut marked = Vec::new();
    for _ in 0..MARKED {
        marked.push(api.start(&many).await?);
    }
    for _ in 0..2 {
        api.start(&other).await?;
    }
    keeps(&api, &other, json!({"flows": 1})).await?;
    // All that is to be told of them is told.
    home.pass(MINUTE).await?;
    for flow in &marked {
        mark(&control, flow.id).await?;
    }
    home.move_clock(i64::try_from((3 * DAY).as_millis())?);

    let nowhere = OpenSearchConfig::new("http://127.0.0.1:9", Access::Open);
    let mut without_search = control.clone();
    without_search.search = Some(Arc::new(OpenSearch::new(&nowhere)?));
    // Each has its turn to be the first.
    for _ in 0..MARKED + 2 {
        without_search.tick_retention().await?;
        assert_eq!(flows(&api, &other).await?.len(), 2, "what would be marked could not go, either");
        home.move_clock(i64::try_from(MINUTE.as_millis())?);
    }
    control.tick_retention().await?;
    assert_eq!(flows(&api, &other).await?.len(), 1);
    for flow in &marked {
        assert_eq!(left_of(&home, flow).await?, [""; 0]);
    }
    home.end([]).await
}
