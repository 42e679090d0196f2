//! Killed or damaged, the store opens with all that it acknowledged.

use std::collections::BTreeMap;

use futures::future::join_all;
use kraken_engines::logs::{Entry, Order, Query};

use super::shelf::{Shelf, all, batch, entry, files, filler, of_job, open, sealed, text};
use crate::killed::{self, acknowledge};

/// Entries of each batch. With their length, some thirty batches fill a segment.
const BATCH: usize = 20;

#[test]
#[ignore = "the child that is killed in what_was_acknowledged_survives_a_kill"]
fn writer() {
    let directory = killed::directory();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let logs = open(&directory);
        let process = std::process::id();
        let writers = (0..4).map(|writer| {
            let logs = logs.clone();
            tokio::spawn(async move {
                for number in 0_usize.. {
                    let name = format!("{process}-{writer}-{number}");
                    let source = of_job(&name);
                    let line = |line: usize| Entry { source: source.clone(), ..entry(1, format!("{line} {}", "z".repeat(13_000))) };
                    logs.append(batch((0..BATCH).map(line))).await.unwrap();
                    acknowledge(name);
                }
            })
        });
        join_all(writers).await;
    });
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 1..=4 {
        let path = directory.path().to_owned();
        let child = "logs::durability::writer";
        let more = tokio::task::spawn_blocking(move || killed::run_and_kill(child, &path, 25 * round)).await.unwrap();
        acknowledged.extend(more);
    }
    assert!(!files(directory.path(), ".segment").is_empty(), "nothing was sealed: the story misses its point");

    let logs = open(directory.path());
    let mut batches: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut query = Query { order: Order::OldestFirst, ..Query::default() };
    loop {
        let page = logs.search(query.clone()).await.unwrap();
        for entry in page.entries {
            let line = entry.text.split(' ').next().unwrap().to_owned();
            batches.entry(entry.source.job.clone().unwrap()).or_default().push(line);
        }
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    let lost: Vec<_> = acknowledged.iter().filter(|name| !batches.contains_key(*name)).collect();
    assert!(lost.is_empty(), "acknowledged, but gone: {lost:?}");
    let whole: Vec<_> = (0..BATCH).map(|line| line.to_string()).collect();
    for name in &acknowledged {
        assert_eq!(batches[name], whole, "batch {name}");
    }
}

#[tokio::test]
async fn a_torn_journal_is_cut_and_goes_on() {
    let shelf = Shelf::new();
    shelf.append([entry(1, "one")]).await;
    shelf.append([entry(2, "two")]).await;
    let directory = shelf.directory;
    drop(shelf.logs);

    let journal = directory.path().join(&files(directory.path(), ".journal")[0]);
    let whole = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &whole[..whole.len() - 3]).unwrap();
    let logs = open(directory.path());
    assert_eq!(all(&logs, Query::default()).await, ["one"]);
    logs.append(batch([entry(3, "three")])).await.unwrap();
    drop(logs);
    assert_eq!(all(&open(directory.path()), Query::default()).await, ["three", "one"]);
}

#[tokio::test]
async fn a_damaged_segment_costs_no_more_than_itself() {
    let shelf = Shelf::new();
    let path = shelf.directory.path();
    shelf.append([entry(1, "early")]).await;
    shelf.append(filler()).await;
    shelf.append([entry(2, "late")]).await;
    sealed(path, 1).await;
    assert_eq!(shelf.all(text("early")).await, ["early"]);

    let segment = path.join(&files(path, ".segment")[0]);
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&segment, &bytes).unwrap();
    assert!(shelf.all(text("early")).await.is_empty());
    assert_eq!(shelf.all(text("late")).await, ["late"]);

    bytes.truncate(bytes.len() / 2);
    std::fs::write(&segment, &bytes).unwrap();
    std::fs::write(path.join("00000000000000000007.unfinished"), b"half a segment").unwrap();
    let directory = shelf.directory;
    drop(shelf.logs);
    let logs = open(directory.path());
    assert_eq!(all(&logs, Query::default()).await, ["late"]);
    assert!(files(directory.path(), ".unfinished").is_empty());
}
