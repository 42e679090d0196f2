//! What people look at costs as many reads for many rows as for few.

// The futures of stories hold the whole system.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

use anyhow::Result;
use kraken_engines::meter::{Meter, Service};
use kraken_harness::{Api, Home, code, shell};
use serde_json::{Value, json};

/// The operations at the table that one call makes, in the order of their names.
async fn reads(meter: &Meter, api: &Api, path: &str) -> Result<Vec<String>> {
    meter.clear();
    api.get::<Value>(path).await?;
    let calls = meter.calls().into_iter().filter(|call| call.service == Service::DynamoDb && call.caller.starts_with("api GET "));
    let mut operations: Vec<String> = calls.map(|call| call.operation.into_owned()).collect();
    operations.sort();
    Ok(operations)
}

async fn metered() -> Result<(Home, Meter)> {
    let meter = Meter::default();
    Ok((Box::pin(Home::metered(kraken_harness::settings(), meter.clone())).await?, meter))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_flows_costs_the_same_for_many_as_for_few() -> Result<()> {
    let (home, meter) = metered().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("lint", &shell("true"))]).await?;
    let (plain, with_runs) = (format!("/api/branches/{branch}/flows"), format!("/api/branches/{branch}/flows?runs=true"));
    let mut flows = Vec::new();
    for wanted in [2, 12] {
        while flows.len() < wanted {
            flows.push(api.start(&branch).await?);
        }
        assert_eq!(reads(&meter, &api, &plain).await?, ["GetItem", "GetItem", "Query"], "token, branch, flows");
        let expected = ["BatchGetItem", "GetItem", "GetItem", "Query", "Query"];
        assert_eq!(reads(&meter, &api, &with_runs).await?, expected, "the same, their runs, the counts of those that go on");
    }
    for flow in &flows {
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(flow).await?;
    }
    assert_eq!(reads(&meter, &api, &with_runs).await?, ["GetItem", "GetItem", "Query", "Query"], "nothing goes on");
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_the_queue_costs_the_same_whether_it_is_long_or_short() -> Result<()> {
    let (home, meter) = metered().await?;
    let api = home.api();
    let wide = |jobs: usize| {
        let systems: Vec<String> = (0..jobs).map(|n| format!("image-{n}")).collect();
        code(&json!({"parent": "root", "jobs": [{"name": "job", "steps": [{"tool": "shell", "cmd": "true"}],
            "environments": [{"system": systems, "executor": "docker", "agents_group": "all"}]}]}))
    };
    let branch = api.branch_with("demo", &[("build", &wide(25))]).await?;
    let mut flows = Vec::new();
    let mut first: Option<Vec<String>> = None;
    for _ in 0..4 {
        flows.push(api.start(&branch).await?);
        let seen = reads(&meter, &api, "/api/queue?limit=10").await?;
        // Token; agents, lanes, the lane, its length, groups; jobs and what they belong to.
        let expected = [["BatchGetItem"; 5].as_slice(), &["GetItem"], &["Query"; 5]].concat();
        assert_eq!(seen, expected);
        assert_eq!(first.get_or_insert_with(|| seen.clone()), &seen);
    }
    for flow in &flows {
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(flow).await?;
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_what_changed_costs_a_few_reads_for_each_key() -> Result<()> {
    let (home, meter) = metered().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let mut flows = Vec::new();
    for wanted in [1, 10] {
        while flows.len() < wanted {
            flows.push(api.start(&branch).await?);
        }
        let seen = reads(&meter, &api, &format!("/api/changes?watch=branch:{branch}")).await?;
        assert_eq!(seen, ["BatchGetItem", "GetItem", "GetItem", "Query", "Query"], "token, branch, runs of both kinds, their counts");
        let thrice = reads(&meter, &api, &format!("/api/changes?watch=branch:{branch},branch:{branch},branch:{branch}")).await?;
        assert_eq!(thrice, seen, "a key that is named thrice is looked at once");
        assert_eq!(reads(&meter, &api, "/api/changes?watch=agents").await?, ["GetItem", "Query"]);
        assert_eq!(reads(&meter, &api, "/api/changes?watch=queue").await?, ["GetItem", "Query", "Query"], "token, lanes, the one lane");
        let flow = &flows[0].id;
        let seen = reads(&meter, &api, &format!("/api/changes?watch=flow:{flow}")).await?;
        assert_eq!(seen, ["BatchGetItem", "GetItem", "GetItem", "Query"], "token, flow, runs, their counts");
    }
    for flow in &flows {
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(flow).await?;
    }
    home.end([]).await
}
