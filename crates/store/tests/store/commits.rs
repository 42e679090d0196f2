//! Writes hold only on what was read; a commit is whole or nothing.

use kraken_domain::{flow::Flow, run::RunCounts};
use kraken_store::{Commit, CommitError, StoreError};

use crate::records::{at, flow, job, run, run_id, table};

fn relabelled(flow: &Flow, label: &str) -> Flow {
    Flow { label: label.to_owned(), ..flow.clone() }
}

#[tokio::test]
async fn what_was_written_is_read() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!(store.flow(flow(1).id).await.unwrap().unwrap().value, flow(1));
    assert_eq!(store.run(run_id(1)).await.unwrap().unwrap().value, run(1));
    assert_eq!(store.job(job(1, 1).id).await.unwrap().unwrap().value, job(1, 1));
    assert!(store.flow(flow(2).id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_record_is_made_once() {
    let (store, _dir) = table().await;
    for expected in [true, false] {
        let mut commit = Commit::new();
        commit.create(&flow(1)).unwrap();
        assert_eq!(store.commit(commit).await.is_ok(), expected);
    }
}

#[tokio::test]
async fn a_change_of_what_has_changed_is_refused_and_named() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap();
    store.commit(commit).await.unwrap();
    let (read_flow, read_run) = (store.flow(flow(1).id).await.unwrap().unwrap(), store.run(run_id(1)).await.unwrap().unwrap());

    let mut first = Commit::new();
    first.replace(&read_flow, &relabelled(&read_flow, "first")).unwrap();
    store.commit(first).await.unwrap();

    let mut second = Commit::new();
    let mut next_run = read_run.value.clone();
    next_run.label = "second".to_owned();
    second.replace(&read_flow, &relabelled(&read_flow, "second")).unwrap().replace(&read_run, &next_run).unwrap();
    let refused = store.commit(second).await.unwrap_err();
    assert!(matches!(&refused, CommitError::Refused(keys) if keys.len() == 1), "{refused}");
    assert_eq!(store.flow(flow(1).id).await.unwrap().unwrap().label, "first");
    assert_eq!(store.run(run_id(1)).await.unwrap().unwrap().label, "1.", "nothing of a refused commit happened");
}

#[tokio::test]
async fn of_64_writers_that_read_the_same_one_wins() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap();
    store.commit(commit).await.unwrap();
    let read = store.flow(flow(1).id).await.unwrap().unwrap();
    let writers: Vec<_> = (0..64)
        .map(|n| {
            let (store, read) = (store.clone(), read.clone());
            tokio::spawn(async move {
                let mut commit = Commit::new();
                commit.replace(&read, &relabelled(&read, &n.to_string())).unwrap();
                store.commit(commit).await.is_ok()
            })
        })
        .collect();
    let mut won = 0;
    for writer in writers {
        won += usize::from(writer.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn counts_are_added_by_all_at_once_and_none_is_lost() {
    let (store, _dir) = table().await;
    let change = RunCounts { total: 1, executing: 2, completed: 3, error: -1 };
    let adders: Vec<_> = (0..64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut commit = Commit::new();
                commit.add_counts(run_id(1), change, at(0));
                store.commit(commit).await.unwrap();
            })
        })
        .collect();
    for adder in adders {
        adder.await.unwrap();
    }
    assert_eq!(store.counts(run_id(1)).await.unwrap(), RunCounts { total: 64, executing: 128, completed: 192, error: -64 });
}

#[tokio::test]
async fn a_record_that_is_too_large_is_refused_with_its_size() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    let refused = commit.create(&relabelled(&flow(1), &"x".repeat(70_000))).unwrap_err();
    assert!(matches!(refused, StoreError::TooLarge { bytes, .. } if bytes > 70_000), "{refused}");
    assert!(store.flow(flow(1).id).await.unwrap().is_none());
}

#[tokio::test]
async fn numbers_are_given_out_once() {
    use kraken_domain::flow::FlowKind;

    use crate::records::{branch, stage};
    let (store, _dir) = table().await;
    let takers: Vec<_> = (0..32)
        .map(|n| {
            let store = store.clone();
            let kind = if n % 2 == 0 { FlowKind::Ci } else { FlowKind::Dev };
            tokio::spawn(async move { store.next_numbers(branch(), kind, &[stage()]).await.unwrap() })
        })
        .collect();
    let (mut shared, mut runs, mut of_ci) = (Vec::new(), Vec::new(), Vec::new());
    for taker in takers {
        let numbers = taker.await.unwrap();
        assert!(numbers.flow.own <= 16);
        shared.push(numbers.flow.shared);
        let run = numbers.runs[&stage()];
        runs.push(run.shared);
        // Each flow has one run of the stage, so both count alike.
        assert_eq!(run.own, numbers.flow.own);
        of_ci.push(run.own);
    }
    shared.sort_unstable();
    runs.sort_unstable();
    assert_eq!(shared, (1..=32).collect::<Vec<u64>>());
    assert_eq!(runs, (1..=32).collect::<Vec<u64>>());
    of_ci.sort_unstable();
    assert_eq!(of_ci, (1..=16).flat_map(|number| [number, number]).collect::<Vec<u64>>(), "each kind counts for itself");
}
