//! Forks that die half-way, or meet another of the same name: nothing of them is left, and nobody is told that they were made.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use kraken_domain::BranchId;
use kraken_harness::{Home, eventually, live_for, shell};
use kraken_protocol::api::{AuditView, BranchFork, BranchView, Numbering, Page};
use reqwest::Method;
use serde_json::{Value, json};

use crate::life::retention::DAY;

/// The branches that there is a record below, whether they are there themselves or not.
async fn branches_with_records(home: &Home) -> Result<BTreeSet<BranchId>> {
    let (api, mut found, mut cursor) = (home.api(), BTreeSet::new(), String::new());
    loop {
        let page: Page<Value> = api.get(&format!("/api/export/records{cursor}")).await?;
        let partitions = page.items.iter().filter_map(|item| item["pk"].as_str()?.strip_prefix("BRANCH#")?.parse::<BranchId>().ok());
        found.extend(partitions);
        match page.next {
            Some(next) => cursor = format!("?cursor={next}"),
            None => return Ok(found),
        }
    }
}

/// Those of them that are not there.
async fn leftovers(home: &Home) -> Result<Vec<BranchId>> {
    let mut left = Vec::new();
    for id in branches_with_records(home).await? {
        if home.server()?.control().store.branch(id).await?.is_none() {
            left.push(id);
        }
    }
    Ok(left)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_fork_that_died_half_way_nothing_is_left_in_the_end() -> Result<()> {
    let home = Home::start().await?;
    let (api, control) = (home.api(), home.server()?.control().clone());
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("lint", &shell("true"))]).await?;
    let secret = json!({"kind": "simple", "value": "correct horse battery"});
    api.put::<Value>(&format!("/api/branches/{branch}/secrets/pass"), &secret).await?;
    let from: BranchId = branch.parse()?;
    for looks in 1.. {
        let fork = BranchFork { name: format!("fork {looks}"), branch_name: None, numbering: Numbering::Continue, secrets: true };
        if live_for(control.fork_branch(from, fork), looks).await.transpose()?.is_some() {
            break;
        }
    }
    let died = leftovers(&home).await?;
    ensure!(died.len() > 1, "only {} died half-way", died.len());
    eventually("what they left to go", async || {
        home.pass(DAY).await?;
        Ok(leftovers(&home).await?.is_empty().then_some(()))
    })
    .await?;
    // Those that came to be stay, with all that they have.
    let all: Vec<BranchView> = api.list("/api/projects/demo/branches").await?;
    ensure!(all.len() > 1, "{all:?}");
    for there in all {
        let stages: Page<Value> = api.get(&format!("/api/branches/{}/stages", there.id)).await?;
        assert_eq!(stages.items.len(), 2, "{}", there.name);
    }
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forks_of_one_name_at_the_same_moment_one_is_made_and_noted_as_made() -> Result<()> {
    const AT_ONCE: usize = 4;
    let home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true")), ("lint", &shell("true"))]).await?;
    let (mut round, mut noted) = (0, 0);
    eventually("forks that meet", async || {
        round += 1;
        let name = json!({"name": format!("release {round}")});
        let calls = (0..AT_ONCE).map(|_| api.request(Method::POST, &format!("/api/branches/{branch}/fork")).json(&name).send());
        let mut made = 0;
        for answer in futures::future::join_all(calls).await {
            made += usize::from(answer?.status().is_success());
        }
        ensure!(made == 1, "{made} were made");
        let log: Page<AuditView> = api.get("/api/audit?limit=200").await?;
        let forks: Vec<&AuditView> = log.items.iter().filter(|entry| entry.action == "POST /api/branches/{branch}/fork").collect();
        let of_made: Vec<&str> = forks.iter().filter_map(|entry| Some(entry.made.as_ref()?.kind.as_str())).collect();
        ensure!(of_made == vec!["branch"; round], "each time one, and a branch: {forks:?}");
        // One that got far enough to have written something is noted, too.
        let met = forks.len() > noted + 1;
        noted = forks.len();
        Ok(met.then_some(()))
    })
    .await?;
    home.end([]).await
}
