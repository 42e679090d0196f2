//! What retention finds and removes.

use kraken_domain::{
    BranchId,
    flow::FlowKind,
    retention::{Newest, Sweep, SweepAt},
};
use kraken_store::{ArtifactBatch, Commit, LeftOver, Owed, TodoKind};

use crate::records::{at, branch, flow, flow_id, job, run, run_id, table};

#[tokio::test]
async fn flows_are_found_from_the_oldest_on_and_from_the_newest() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    for number in 1..=9 {
        commit.create(&flow(number)).unwrap();
    }
    store.commit(commit).await.unwrap();
    let page = async |after, limit| {
        let found = store.oldest_flows(branch(), FlowKind::Ci, after, limit).await.unwrap();
        found.into_iter().map(|flow| flow.sequence.own).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 3).await, [1, 2, 3]);
    assert_eq!(page(Some(flow_id(3)), 100).await, [4, 5, 6, 7, 8, 9]);
    assert_eq!(page(Some(flow_id(9)), 100).await, [0; 0]);
    let newest = async |counted| store.newest_flows(branch(), FlowKind::Ci, counted).await.unwrap();
    assert_eq!(newest(1).await, Some(Newest { first: flow_id(9), last: flow_id(9) }));
    assert_eq!(newest(4).await, Some(Newest { first: flow_id(9), last: flow_id(6) }));
    assert_eq!(newest(1000).await, Some(Newest { first: flow_id(9), last: flow_id(1) }));
    assert_eq!(store.newest_flows(branch(), FlowKind::Dev, 7).await.unwrap(), None);
}

#[tokio::test]
async fn a_flow_that_goes_is_in_no_list_and_is_owed() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&flow(2)).unwrap();
    store.commit(commit).await.unwrap();
    let read = store.flow(flow_id(1)).await.unwrap().unwrap();
    let mut going = read.value.clone();
    going.retention.going_since = Some(at(5));
    let mut commit = Commit::new();
    commit.replace(&read, &going).unwrap();
    store.commit(commit).await.unwrap();
    let listed = store.flows(branch(), FlowKind::Ci, 10, None).await.unwrap().items;
    assert_eq!(listed.iter().map(|flow| flow.id).collect::<Vec<_>>(), [flow_id(2)]);
    assert!(store.owed(TodoKind::Retention, at(4), 10).await.unwrap().is_empty());
    assert_eq!(store.owed(TodoKind::Retention, at(5), 10).await.unwrap(), [Owed::Going(flow_id(1))]);
}

#[tokio::test]
async fn what_lies_below_is_told_apart_and_removed() {
    let (store, _dir) = table().await;
    let files = ArtifactBatch { job: job(1, 1).id, generation: 1, place: "a".to_owned(), files: Vec::new() };
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap().create(&job(1, 2)).unwrap();
    commit.create(&files).unwrap().create(&flow(2)).unwrap();
    commit.add_counts(run_id(1), kraken_domain::run::RunCounts { total: 2, ..Default::default() }, at(1));
    store.commit(commit).await.unwrap();
    let of_run = store.below_run(run_id(1), 100).await.unwrap();
    let count = |what: fn(&LeftOver) -> bool| of_run.iter().filter(|item| what(&item.what)).count();
    assert_eq!(count(|what| matches!(what, LeftOver::Job(_))), 2);
    assert_eq!(count(|what| matches!(what, LeftOver::Artifacts(_))), 1);
    assert_eq!(count(|what| matches!(what, LeftOver::Other)), 1, "the counts");
    for _ in 0..2 {
        store.remove(&of_run).await.unwrap();
        assert!(store.below_run(run_id(1), 100).await.unwrap().is_empty());
    }
    let of_flow = store.below_flow(flow_id(1), 100).await.unwrap();
    assert!(of_flow.iter().any(|item| matches!(&item.what, LeftOver::Run(run) if run.id == run_id(1))));
    assert_eq!(of_flow.iter().filter(|item| matches!(item.what, LeftOver::Root)).count(), 1);
    store.remove(&of_flow).await.unwrap();
    assert!(store.flow(flow_id(1)).await.unwrap().is_none() && store.run(run_id(1)).await.unwrap().is_none());
    assert!(store.flow(flow_id(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_look_that_was_changed_meanwhile_is_not_written_over() {
    let (store, _dir) = table().await;
    let id = BranchId::new(1, 3);
    let mut commit = Commit::new();
    commit.create(&Sweep::first(id, at(0))).unwrap();
    store.commit(commit).await.unwrap();
    let read = store.sweep(id).await.unwrap().unwrap();
    assert_eq!(store.owed(TodoKind::Retention, read.due, 10).await.unwrap(), [Owed::Sweep(id)]);
    let mut commit = Commit::new();
    commit.overwrite(&Sweep::of_changed(id, at(7))).unwrap();
    store.commit(commit).await.unwrap();
    let so_far = read.so_far(SweepAt { kind: FlowKind::Ci, after: Some(flow_id(1)), job: None });
    let mut commit = Commit::new();
    commit.replace(&read, &so_far).unwrap();
    assert!(store.commit(commit).await.is_err());
    let now = store.sweep(id).await.unwrap().unwrap();
    assert_eq!((now.at, now.due), (None, Sweep::of_changed(id, at(7)).due));
}
