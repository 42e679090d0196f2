//! Lists that would be very long: each answer has an end, and says where it left something out.

use anyhow::Result;
use kraken_domain::RunId;
use kraken_harness::{Home, shell};
use kraken_protocol::api::{BranchOverview, FlowView, Page};
use kraken_store::{Commit, WRITES_MAX};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn of_flows_with_thousands_of_runs_the_newest_come_with_theirs() -> Result<()> {
    const RUNS: u32 = 1_001;
    let home = Home::start().await?;
    let (api, control) = (home.api(), home.server()?.control().clone());
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    for _ in 0..3 {
        let flow = api.start(&branch).await?;
        api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
        api.completed(&flow).await?;
        let run = control.store.runs(flow.id).await?.remove(0).value;
        for some in (2..=RUNS).collect::<Vec<_>>().chunks(WRITES_MAX) {
            let mut commit = Commit::new();
            for number in some {
                commit.overwrite(&kraken_domain::run::Run { id: RunId { number: *number, ..run.id }, ..run.clone() })?;
            }
            control.store.commit(commit).await?;
        }
    }
    let path = format!("/api/branches/{branch}/flows?runs=true");
    let runs = |page: &Page<FlowView>| page.items.iter().map(|flow| flow.runs.as_ref().map(Vec::len)).collect::<Vec<_>>();
    let all = runs(&api.get(&path).await?);
    assert_eq!((all[0], all[2]), (Some(RUNS as usize), None), "{all:?}");
    assert!(all[1].is_none_or(|runs| runs == RUNS as usize), "all or none: {all:?}");
    // Page by page, they are all shown.
    let (mut shown, mut cursor) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page: Page<FlowView> = api.get(&format!("{path}&limit=1{cursor}")).await?;
        shown.extend(runs(&page));
        cursor = page.next.map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!(shown, [Some(RUNS as usize); 3]);
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_more_flows_of_a_branch_are_shown_the_fewer_branches_come_at_once() -> Result<()> {
    const BRANCHES: usize = 23;
    let home = Home::start().await?;
    let api = home.api();
    api.branch_with("demo", &[]).await?;
    for number in 1..BRANCHES {
        api.post::<Value>("/api/projects/demo/branches", &json!({"name": format!("b{number}")})).await?;
    }
    for (query, first) in [("last=50", 20), ("last=50&runs=true", 4), ("last=10&runs=true", 20), ("last=1", BRANCHES), ("last=0", BRANCHES)]
    {
        let page: Page<BranchOverview> = api.get(&format!("/api/branches?limit=200&{query}")).await?;
        assert_eq!((page.items.len(), page.next.is_some()), (first, first < BRANCHES), "{query}");
    }
    // What does not come at once comes afterwards.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<BranchOverview> = api.get(&format!("/api/branches?limit=200&last=50&runs=true{cursor}")).await?;
        seen.extend(page.items.into_iter().map(|row| row.id));
        cursor = match page.next {
            Some(next) => format!("&cursor={next}"),
            None => break,
        };
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), BRANCHES, "each once");
    home.end([]).await
}
