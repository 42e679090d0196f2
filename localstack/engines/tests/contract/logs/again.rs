//! What comes again is kept once, whatever happened in between.

use kraken_engines::logs::{Batch, Order, Query};

use super::shelf::{Shelf, all, at, entry, files, filler, open, sealed};

/// Lines `numbers` of the origin `origin`, each with its number as its text.
fn part(origin: &str, numbers: std::ops::Range<u64>) -> Batch {
    let entries = numbers.clone().map(|number| entry(100, number.to_string())).collect();
    Batch { origin: origin.into(), received: at(100), first: numbers.start, entries }
}

fn lines() -> Query {
    Query { order: Order::OldestFirst, since: Some(at(100)), ..Query::default() }
}

fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[tokio::test]
async fn a_batch_is_kept_once_in_memory_in_segments_and_after_restarts() {
    let mut shelf = Shelf::new();
    shelf.logs.append(part("a", 0..10)).await.unwrap();
    for stage in ["memory", "journal", "segment", "opened segment"] {
        for again in [0..10, 3..7, 0..1, 5..10] {
            shelf.logs.append(part("a", again)).await.unwrap();
        }
        assert_eq!(shelf.all(lines()).await, numbers(0..10), "{stage}");
        if stage == "journal" {
            shelf.append(filler()).await;
            shelf.append([entry(0, "rotate")]).await;
            sealed(shelf.directory.path(), 1).await;
        } else {
            let directory = shelf.directory;
            drop(shelf.logs);
            shelf = Shelf { logs: open(directory.path()), directory };
        }
    }
}

#[tokio::test]
async fn what_overlaps_adds_only_what_is_new_in_any_order() {
    let shelf = Shelf::new();
    for numbers in [20..30, 0..5, 3..22, 28..33, 0..33] {
        shelf.logs.append(part("a", numbers)).await.unwrap();
    }
    let mut found = shelf.all(lines()).await;
    found.sort_by_key(|number| number.parse::<u64>().unwrap());
    assert_eq!(found, numbers(0..33));
    shelf.logs.append(part("b", 0..33)).await.unwrap();
    assert_eq!(shelf.all(lines()).await.len(), 66);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_append_the_same_at_once_keep_it_once() {
    let shelf = Shelf::new();
    let writers = (0..8_u64).map(|writer| {
        let logs = shelf.logs.clone();
        tokio::spawn(async move {
            for first in 0..40 {
                logs.append(part("a", first * 5..first * 5 + 5 + writer)).await.unwrap();
            }
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(Result::unwrap);
    let mut found = shelf.all(lines()).await;
    found.sort_by_key(|number| number.parse::<u64>().unwrap());
    assert_eq!(found, numbers(0..207));
}

#[tokio::test]
async fn an_origin_is_forgotten_with_its_logs() {
    let shelf = Shelf::new();
    let path = shelf.directory.path();
    shelf.logs.append(part("a", 0..10)).await.unwrap();
    shelf.append(filler()).await;
    shelf.append([entry(0, "rotate")]).await;
    sealed(path, 1).await;
    shelf.logs.drop_before(at(1000)).await.unwrap();
    assert!(files(path, ".segment").is_empty());
    // It is stored again, and isn't found: it was written before the limit.
    shelf.logs.append(part("a", 0..10)).await.unwrap();
    assert!(shelf.all(lines()).await.is_empty());
}

/// Files as the store wrote them before entries had projects, branches, or origins.
#[tokio::test]
async fn what_an_earlier_version_stored_is_found() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["00000000000000000000.segment", "00000000000000000011.journal"] {
        let before = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/logs/before_origins").join(name);
        std::fs::copy(before, directory.path().join(name)).unwrap();
    }
    let query = || Query { order: Order::OldestFirst, since: Some(at(1)), ..Query::default() };
    let before = ["sealed long ago", "no ids\nat all", "still in the journal"];
    let logs = open(directory.path());
    assert_eq!(all(&logs, query()).await, before);
    let job = Query { job: Some("j".into()), agent: Some("a".into()), ..query() };
    assert_eq!(all(&logs, job).await, ["sealed long ago", "still in the journal"]);
    assert!(all(&logs, Query { project: Some("p".into()), ..query() }).await.is_empty());
    logs.append(part("a", 0..2)).await.unwrap();
    drop(logs);
    let logs = open(directory.path());
    logs.append(part("a", 0..2)).await.unwrap();
    assert_eq!(all(&logs, query()).await, [before.as_slice(), &["0", "1"]].concat());
}
