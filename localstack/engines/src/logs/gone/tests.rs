//! What is taken out of segments is off the disk, and all else is as it was.
#![allow(clippy::unwrap_used)]

use kraken_search::{Batch, Entry, Query};

use super::*;
use crate::clock;
use crate::logs::Logs;

fn entry(flow: &str, second: i64, text: String) -> Entry {
    let source = Source { service: "job".to_owned(), flow: Some(flow.to_owned()), ..Source::default() };
    Entry { time: jiff::Timestamp::from_second(second).unwrap(), level: Level::Info, source: Arc::new(source), text }
}

/// Two flows turn by turn, in so many batches that some are sealed.
async fn fill(logs: &Logs) {
    for round in 0..8_i64 {
        let lines = (0..5000_i64).map(|line| {
            let flow = if line % 2 == 0 { "kept" } else { "lost" };
            entry(flow, round * 5000 + line, format!("{flow} line {line} of {round}"))
        });
        let batch = Batch { origin: format!("log {round}"), received: jiff::Timestamp::UNIX_EPOCH, first: 0, entries: lines.collect() };
        logs.append(batch).await.unwrap();
    }
}

async fn found(logs: &Logs, flow: Option<&str>) -> Vec<(String, Option<u64>)> {
    let (mut query, mut all) = (Query { flow: flow.map(str::to_owned), limit: 1000, ..Query::default() }, Vec::new());
    loop {
        let page = logs.search(query.clone()).await.unwrap();
        all.extend(page.entries.into_iter().map(|entry| entry.text).zip(page.numbers));
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            return all;
        }
    }
}

/// Whether any segment still has a text of the flow.
fn on_disk(logs: &Logs) -> bool {
    let sealed = logs.store.state().sealed.clone();
    sealed.iter().any(|segment| {
        let (reader, mut scratch) = (segment.reader().unwrap(), Scratch::new().unwrap());
        (0..segment.index.blocks.len()).any(|number| {
            let block = reader.block(number, &mut scratch, |_| true).unwrap().unwrap();
            block.text.windows(4).any(|window| window == b"lost")
        })
    })
}

fn segments(directory: &Path) -> usize {
    let names = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".segment")).count()
}

/// Waits until the segment that is being written is in its place.
async fn sealed(logs: &Logs) {
    for _ in 0..1000 {
        let is_sealed = {
            let state = logs.store.state();
            state.sealing.is_empty() && !state.sealed.is_empty()
        };
        if is_sealed {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no segment was sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_forgotten_leaves_the_disk_and_nothing_else_changes() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), clock::system()).unwrap();
    fill(&logs).await;
    sealed(&logs).await;
    let kept = found(&logs, Some("kept")).await;
    assert_eq!((kept.len(), found(&logs, Some("lost")).await.len()), (20_000, 20_000));

    logs.forget_flow("lost").await.unwrap();
    assert!(found(&logs, Some("lost")).await.is_empty() && on_disk(&logs));
    let (all, before) = (found(&logs, None).await, segments(directory.path()));
    assert_eq!(all, kept);

    // A search that began before goes on with what it began with.
    let earlier = logs.store.snapshot();
    logs.clear().await.unwrap();
    assert!(!on_disk(&logs));
    let query = Query { flow: Some("kept".to_owned()), limit: 1000, ..Query::default() };
    assert_eq!(super::super::search::search(&earlier, &query).unwrap().entries.len(), 1000);
    drop(earlier);
    assert_eq!(segments(directory.path()), before, "the older file went with its last reader");
    assert_eq!((found(&logs, None).await, found(&logs, Some("kept")).await), (kept.clone(), kept.clone()));
    // It comes again, and is known.
    fill(&logs).await;
    assert_eq!(found(&logs, None).await, kept);
    // Again, for nothing.
    logs.clear().await.unwrap();
    logs.forget_flow("lost").await.unwrap();
    logs.clear().await.unwrap();
    assert_eq!(found(&logs, None).await, kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_finds_what_was_forgotten_wherever_the_last_process_died() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), clock::system()).unwrap();
    fill(&logs).await;
    sealed(&logs).await;
    let kept = found(&logs, Some("kept")).await;
    logs.forget_flow("lost").await.unwrap();
    // It died after a segment was written anew and before the older one was removed.
    let older: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path()).collect();
    let older: Vec<_> = older.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "segment")).collect();
    let copies: Vec<(std::path::PathBuf, Vec<u8>)> = older.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect();
    logs.clear().await.unwrap();
    drop(logs);
    for (path, bytes) in &copies {
        std::fs::write(path, bytes).unwrap();
    }
    let logs = Logs::open(directory.path(), clock::system()).unwrap();
    assert_eq!(found(&logs, None).await, kept);
    assert!(!on_disk(&logs));
    assert_eq!(segments(directory.path()), copies.len());
    assert_eq!(
        std::fs::read_to_string(directory.path().join("gone")).unwrap().lines().count(),
        1,
        "of the open segment it is still needed"
    );
}

#[tokio::test]
async fn what_is_no_flow_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let logs = Logs::open(directory.path(), clock::system()).unwrap();
    for flow in ["", "a b", "a\nb 7"] {
        assert!(matches!(logs.forget_flow(flow).await, Err(SearchError::Query(_))), "{flow:?}");
    }
    std::fs::write(directory.path().join("gone"), "f1").unwrap();
    drop(logs);
    let damaged = Logs::open(directory.path(), clock::system()).map(drop).unwrap_err();
    assert!(damaged.to_string().contains("is no flow and number"), "{damaged}");
}
