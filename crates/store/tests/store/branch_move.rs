//! What a branch's move to another project is made of.

use kraken_domain::{ProjectId, moving::Move};
use kraken_store::{Commit, Owed, TodoKind};

use crate::records::{at, branch, flow, flow_id, job, project, run_id, table};

#[tokio::test]
async fn a_move_is_owed_until_it_is_through() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&Move::new(branch(), project(), ProjectId::new(9, 9), at(7))).unwrap();
    store.commit(commit).await.unwrap();
    assert!(store.owed(TodoKind::Retention, at(6), 10).await.unwrap().is_empty());
    assert_eq!(store.owed(TodoKind::Retention, at(7), 10).await.unwrap(), [Owed::Moving(branch())]);
    let read = store.branch_move(branch()).await.unwrap().unwrap();
    let mut commit = Commit::new();
    commit.delete(&read);
    store.commit(commit).await.unwrap();
    assert!(store.branch_move(branch()).await.unwrap().is_none());
    assert!(store.owed(TodoKind::Retention, at(7), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn jobs_are_read_from_one_on() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    for number in 1..=12 {
        commit.create(&job(1, number)).unwrap();
    }
    store.commit(commit).await.unwrap();
    let page = async |after: Option<u32>, limit| {
        let after = after.map(|number| job(1, number).id);
        let page = store.jobs_after(run_id(1), after, limit).await.unwrap();
        page.items.iter().map(|job| job.id.number).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 3).await, [1, 2, 3]);
    assert_eq!(page(Some(9), 3).await, [10, 11, 12]);
    assert_eq!(page(Some(12), 3).await, [0; 0]);
    // One that is gone is stepped over, too.
    assert_eq!(page(Some(99), 3).await, [0; 0]);
}

#[tokio::test]
async fn who_takes_over_from_a_record_meets_whoever_replaces_it_and_the_other_way_round() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap();
    store.commit(commit).await.unwrap();
    let read = async || store.flow(flow_id(1)).await.unwrap().unwrap();
    let before = read().await;
    for number in [1, 2] {
        let mut touch = Commit::new();
        touch.touch_same(&before).create(&job(1, number)).unwrap();
        store.commit(touch).await.expect("those who take over are not in each other's way");
    }
    let mut alone = Commit::new();
    alone.replace_alone(&before, &flow(1)).unwrap();
    assert!(store.commit(alone).await.unwrap_err().refused(&kraken_store::Entity::key(&flow(1))), "something was made below it");
    let mut alone = Commit::new();
    alone.replace_alone(&read().await, &flow(1)).unwrap();
    store.commit(alone).await.unwrap();
    let mut touch = Commit::new();
    touch.touch_same(&before).create(&job(1, 3)).unwrap();
    assert!(store.commit(touch).await.is_err(), "it is not as it was");
    assert!(store.job(job(1, 3).id).await.unwrap().is_none());
}
