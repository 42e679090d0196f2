//! Which entries a search finds.

use std::sync::Arc;

use kraken_engines::logs::{Entry, Level, MAX_TEXT_BYTES, Order, Query, SearchError, Source};

use super::shelf::{Shelf, at, batch, entry, filler, of_job, sealed, text};

#[tokio::test]
async fn words_and_phrases_find_entries() {
    let shelf = Shelf::new();
    shelf.append([entry(1, "Disk full on /dev/vda"), entry(2, "disk quota"), entry(3, "the fullest disk")]).await;
    assert_eq!(shelf.all(text("disk full")).await, ["Disk full on /dev/vda"]);
    assert_eq!(shelf.all(text("\"full\" disk")).await, ["the fullest disk", "Disk full on /dev/vda"]);
    assert_eq!(shelf.all(text("\"sk quo\"")).await, ["disk quota"]);
    assert!(shelf.all(text("tape")).await.is_empty());
}

#[tokio::test]
async fn every_field_narrows_the_search() {
    let shelf = Shelf::new();
    let source = |flow: &str, run: &str, step: &str, agent: Option<&str>| {
        let some = |id: &str| Some(id.to_owned());
        let service = if agent.is_some() { "agent" } else { "scheduler" };
        let agent = agent.map(str::to_owned);
        Arc::new(Source {
            service: service.into(),
            project: some(&format!("p{flow}")),
            branch: some(&format!("b{run}")),
            flow: some(flow),
            run: some(run),
            job: some("j"),
            step: some(step),
            agent,
        })
    };
    let entry = |second, level, source| Entry { time: at(second), level, source, text: second.to_string() };
    shelf
        .append([
            entry(1, Level::Debug, source("f1", "r1", "0", Some("a1"))),
            entry(2, Level::Info, source("f1", "r2", "1", None)),
            entry(3, Level::Warn, source("f2", "r3", "0", Some("a2"))),
            entry(4, Level::Error, source("f2", "r3", "1", Some("a1"))),
        ])
        .await;
    let some = |id: &str| Some(id.to_owned());
    let oldest = || Query { order: Order::OldestFirst, ..Query::default() };
    assert_eq!(shelf.all(oldest()).await, ["1", "2", "3", "4"]);
    assert_eq!(shelf.all(Query { flow: some("f1"), ..oldest() }).await, ["1", "2"]);
    assert_eq!(shelf.all(Query { project: some("pf2"), ..oldest() }).await, ["3", "4"]);
    assert_eq!(shelf.all(Query { branch: some("br2"), ..oldest() }).await, ["2"]);
    assert_eq!(shelf.all(Query { run: some("r3"), ..oldest() }).await, ["3", "4"]);
    assert_eq!(shelf.all(Query { step: some("1"), ..oldest() }).await, ["2", "4"]);
    assert_eq!(shelf.all(Query { agent: some("a1"), ..oldest() }).await, ["1", "4"]);
    assert_eq!(shelf.all(Query { service: some("scheduler"), ..oldest() }).await, ["2"]);
    assert_eq!(shelf.all(Query { level: Some(Level::Warn), ..oldest() }).await, ["3", "4"]);
    assert_eq!(shelf.all(Query { since: Some(at(2)), until: Some(at(4)), ..oldest() }).await, ["2", "3"]);
    assert_eq!(shelf.all(Query { flow: some("f2"), agent: some("a1"), ..oldest() }).await, ["4"]);
    assert!(shelf.all(Query { job: some("J"), ..oldest() }).await.is_empty());
}

#[tokio::test]
async fn entries_are_found_as_they_were_in_memory_and_in_segments() {
    let shelf = Shelf::new();
    let odd = Entry::lossy(at(5), Level::Error, of_job("odd"), b"bad \xff\xfe bytes\0 and \xe2\x82");
    let long = Entry { source: of_job("long"), ..entry(6, "x".repeat(1024 * 1024 - 7) + " needle") };
    let lines = Entry { source: of_job("lines"), ..entry(7, "first\nsecond\n\nfourth") };
    let empty = Entry { source: of_job("empty"), ..entry(8, "") };
    let whole = [odd, long, lines, empty];
    shelf.append(whole.clone()).await;
    for stage in ["memory", "segment"] {
        for entry in &whole {
            let query = Query { job: entry.source.job.clone(), ..Query::default() };
            let page = shelf.logs.search(query).await.unwrap();
            assert_eq!(page.entries, std::slice::from_ref(entry), "in {stage}");
        }
        assert_eq!(shelf.all(text("needle")).await.len(), 1, "in {stage}");
        assert_eq!(shelf.all(text("\"d\n\nf\"")).await.len(), 1, "in {stage}");
        assert_eq!(shelf.all(text("\u{fffd}\u{fffd}")).await.len(), 1, "in {stage}");
        shelf.append(filler()).await;
        shelf.append([entry(9, "rotate")]).await;
        sealed(shelf.directory.path(), 1).await;
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let shelf = Shelf::new();
    let long = vec![entry(1, "short"), entry(2, "x".repeat(MAX_TEXT_BYTES + 1))];
    let refused = shelf.logs.append(batch(long)).await.unwrap_err();
    assert_eq!(refused, SearchError::TooLong { index: 1, bytes: MAX_TEXT_BYTES + 1 });
    assert!(shelf.all(Query::default()).await.is_empty());
    shelf.append([entry(1, "x".repeat(MAX_TEXT_BYTES))]).await;
    shelf.append([]).await;

    for limit in [0, 1001] {
        let refused = shelf.logs.search(Query { limit, ..Query::default() }).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("limit {limit}: expected 1 to 1000"));
    }
    for cursor in ["", "zz", &"g".repeat(32), &"é".repeat(16)] {
        let refused = shelf.logs.search(Query { cursor: Some(cursor.into()), ..Query::default() }).await.unwrap_err();
        assert!(refused.to_string().contains("expected one that an earlier page gave"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_append_at_once_is_all_there_each_in_its_order() {
    let shelf = Shelf::new();
    let writers = (0..16).map(|writer| {
        let logs = shelf.logs.clone();
        tokio::spawn(async move {
            let source = of_job(&writer.to_string());
            for number in 0..20 {
                let entries = (0..5).map(|line| Entry { source: Arc::clone(&source), ..entry(1, format!("{number} {line}")) });
                logs.append(batch(entries)).await.unwrap();
            }
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(Result::unwrap);
    for writer in 0..16 {
        let query = Query { job: Some(writer.to_string()), order: Order::OldestFirst, limit: 7, ..Query::default() };
        let expected: Vec<_> = (0..20).flat_map(|number| (0..5).map(move |line| format!("{number} {line}"))).collect();
        assert_eq!(shelf.all(query).await, expected, "writer {writer}");
    }
}
