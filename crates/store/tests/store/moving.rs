//! Everything out of one table and into another.

use kraken_domain::{agent::AgentState, run::RunCounts};
use kraken_store::{Commit, Import, StoreError};

use crate::records::{agent, at, flow, job, run, run_id, table};

#[tokio::test]
async fn facts_move_and_what_held_for_the_old_place_does_not() {
    let (old, _old_dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap().create(&job(1, 2)).unwrap();
    commit.create(&agent(1, AgentState::Idle { since: at(1) })).unwrap();
    // As if a job had moved between the export of the counts and that of the jobs.
    commit.add_counts(run_id(1), RunCounts { total: 7, executing: 3, completed: 1, error: 1 }, at(1));
    old.commit(commit).await.unwrap();
    assert!(!old.is_new().await.unwrap());

    let (new, _new_dir) = table().await;
    assert!(new.is_new().await.unwrap());
    let mut import = Import::begin(new.clone(), at(50)).await.unwrap();
    let mut after = None;
    loop {
        let page = old.export(after.as_ref()).await.unwrap();
        for item in &page.items {
            import.take(item).await.unwrap();
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    import.finish().await.unwrap();

    assert_eq!(new.flow(flow(1).id).await.unwrap().unwrap().value, flow(1));
    assert_eq!(new.job(job(1, 2).id).await.unwrap().unwrap().value, job(1, 2));
    assert_eq!(new.counts(run_id(1)).await.unwrap(), RunCounts { total: 2, ..RunCounts::default() });
    assert_eq!(new.agents(10, None).await.unwrap().items[0].state, AgentState::Offline { since: at(50) });
    assert!(new.idle_agents(10, None).await.unwrap().items.is_empty());
    assert_eq!(new.lane_head(&job(1, 1).place.lane(), 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_no_item_is_refused() {
    let (store, _dir) = table().await;
    let mut import = Import::begin(store, at(0)).await.unwrap();
    for wrong in [serde_json::json!(3), serde_json::json!({"pk": "x"}), serde_json::json!({"pk": "x", "sk": ["y"]})] {
        let refused = import.take(&wrong).await.unwrap_err();
        assert!(matches!(refused, StoreError::Unreadable { .. }), "{refused}");
    }
}
