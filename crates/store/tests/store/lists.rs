//! Lists come in pages, and a cursor leads nowhere else.

use kraken_domain::flow::FlowKind;
use kraken_store::{Commit, Cursor, StoreError};

use crate::records::{branch, flow, job, run_id, table};

#[tokio::test]
async fn flows_come_newest_first_and_each_once() {
    let (store, _dir) = table().await;
    for n in 1..=7 {
        let mut commit = Commit::new();
        commit.create(&flow(n)).unwrap();
        store.commit(commit).await.unwrap();
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.flows(branch(), FlowKind::Ci, 3, after.as_ref()).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.into_iter().map(|flow| flow.sequence.shared));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    assert!(store.flows(branch(), FlowKind::Dev, 3, None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn jobs_come_in_order_of_their_numbers() {
    let (store, _dir) = table().await;
    for number in [10, 2, 1, 9, 11] {
        let mut commit = Commit::new();
        commit.create(&job(1, number)).unwrap();
        store.commit(commit).await.unwrap();
    }
    let page = store.jobs(run_id(1), 100, None).await.unwrap();
    assert_eq!(page.items.iter().map(|job| job.id.number).collect::<Vec<_>>(), [1, 2, 9, 10, 11]);
}

#[tokio::test]
async fn a_cursor_of_another_list_or_no_cursor_at_all_is_refused() {
    let (store, _dir) = table().await;
    for n in 1..=3 {
        let mut commit = Commit::new();
        commit.create(&flow(n)).unwrap().create(&job(n, 1)).unwrap();
        store.commit(commit).await.unwrap();
    }
    let of_flows = store.flows(branch(), FlowKind::Ci, 1, None).await.unwrap().next.unwrap();
    for wrong in [of_flows, Cursor::from("nonsense".to_owned()), Cursor::from(String::new())] {
        let refused = store.flows(branch(), FlowKind::Dev, 1, Some(&wrong)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Cursor(_)), "{refused}");
    }
}
