//! Which entries a search finds.

use std::sync::Arc;

use jiff::SignedDuration;
use kraken_search::{Entry, Level, MAX_TEXT_BYTES, Query, SearchError, Source};

use crate::place::{Place, at, batch, entry, of_job, oldest, text};

crate::stories![
    nothing_is_found_where_nothing_is,
    words_and_phrases_find_entries,
    every_field_narrows_the_search,
    entries_are_found_as_they_were,
    what_makes_no_sense_is_refused_by_name,
    levels_keep_their_order,
];

async fn nothing_is_found_where_nothing_is(place: &Place) {
    assert!(place.all(Query::default()).await.is_empty());
    assert!(place.all(text("word \"phrase\"")).await.is_empty());
    place.logs.drop_before(at(0)).await.unwrap();
}

async fn words_and_phrases_find_entries(place: &Place) {
    let lines = ["Disk full on /dev/vda", "disk quota", "the fullest disk", "killed: out-of-memory", "out of memory", "GRÖSSE größe"];
    place.append(batch(lines.iter().zip(1..).map(|(line, second)| entry(second, *line)))).await;
    let found = async |typed: &str| place.all(Query { order: oldest().order, ..text(typed) }).await;
    assert_eq!(found("disk full").await, [lines[0]]);
    assert_eq!(found("DISK").await, [lines[0], lines[1], lines[2]]);
    assert_eq!(found("\"full\" disk").await, [lines[0], lines[2]]);
    assert_eq!(found("\"sk quo\"").await, [lines[1]]);
    assert_eq!(found("\"k q\"").await, [lines[1]]);
    assert_eq!(found("\"ul\"").await, [lines[0], lines[2]]);
    assert_eq!(found("out-of-memory").await, [lines[3]]);
    assert_eq!(found("\"out of\"").await, [lines[4]]);
    assert_eq!(found("\": \"").await, [lines[3]]);
    assert_eq!(found("\"/\"").await, [lines[0]]);
    assert_eq!(found("größe").await, [lines[5]]);
    // The case of what isn't ASCII counts.
    assert!(found("grÖSSe größE").await == [lines[5]] && found("GRÖßE").await.is_empty());
    for absent in ["tape", "dis", "isk", "\"disk full on /dev/vdb\"", "memory-of-out", "--", "\"quota disk\"", "\"full disk\""] {
        assert!(found(absent).await.is_empty(), "{absent}");
    }
    // What means something in patterns and queries means nothing here.
    for special in ["*", "di*k", "\"d?sk\"", "disk~2", "\"di.k\"", "disk OR tape", "\\", "\"*isk\"", "_exists_:text"] {
        assert!(found(special).await.is_empty(), "{special}");
    }
    assert_eq!(found("").await.len(), lines.len());
}

async fn every_field_narrows_the_search(place: &Place) {
    let some = |id: &str| Some(id.to_owned());
    let source = |flow: &str, run: &str, step: &str, agent: Option<&str>| {
        Arc::new(Source {
            service: if agent.is_some() { "agent" } else { "scheduler" }.into(),
            project: some(&format!("p{flow}")),
            branch: some(&format!("feature/{run}")),
            flow: some(flow),
            run: some(run),
            job: some("j-1"),
            step: some(step),
            agent: agent.map(str::to_owned),
        })
    };
    let entry = |second, level, source| Entry { time: at(second), level, source, text: second.to_string() };
    place
        .append(batch([
            entry(1, Level::Debug, source("f1", "r1", "0", Some("a1"))),
            entry(2, Level::Info, source("f1", "r2", "1", None)),
            entry(3, Level::Warn, source("f2", "r3", "0", Some("a2"))),
            entry(4, Level::Error, source("f2", "r3", "1", Some("a1"))),
        ]))
        .await;
    assert_eq!(place.all(oldest()).await, ["1", "2", "3", "4"]);
    assert_eq!(place.all(Query { project: some("pf2"), ..oldest() }).await, ["3", "4"]);
    assert_eq!(place.all(Query { branch: some("feature/r2"), ..oldest() }).await, ["2"]);
    assert_eq!(place.all(Query { flow: some("f1"), ..oldest() }).await, ["1", "2"]);
    assert_eq!(place.all(Query { run: some("r3"), ..oldest() }).await, ["3", "4"]);
    assert_eq!(place.all(Query { job: some("j-1"), ..oldest() }).await, ["1", "2", "3", "4"]);
    assert_eq!(place.all(Query { step: some("1"), ..oldest() }).await, ["2", "4"]);
    assert_eq!(place.all(Query { agent: some("a1"), ..oldest() }).await, ["1", "4"]);
    assert_eq!(place.all(Query { service: some("scheduler"), ..oldest() }).await, ["2"]);
    assert_eq!(place.all(Query { level: Some(Level::Warn), ..oldest() }).await, ["3", "4"]);
    assert_eq!(place.all(Query { since: Some(at(2)), until: Some(at(4)), ..oldest() }).await, ["2", "3"]);
    assert_eq!(place.all(Query { flow: some("f2"), agent: some("a1"), ..oldest() }).await, ["4"]);
    // Ids are whole, and their case counts.
    for job in ["J-1", "j", "1", "j-1 ", ""] {
        assert!(place.all(Query { job: some(job), ..oldest() }).await.is_empty(), "{job:?}");
    }
    assert!(place.all(Query { branch: some("feature"), ..oldest() }).await.is_empty());
}

async fn entries_are_found_as_they_were(place: &Place) {
    let nanosecond = at(5) + SignedDuration::from_nanos(123_456_789);
    let odd = Entry::lossy(nanosecond, Level::Error, of_job("odd"), b"bad \xff\xfe bytes\0 and \xe2\x82 \x1b[31mred\x1b[0m \"\\");
    let long = Entry { source: of_job("long"), ..entry(6, "x".repeat(1024 * 1024 - 7) + " needle") };
    let one_word = Entry { source: of_job("one word"), ..entry(6, "y".repeat(100_000)) };
    let lines = Entry { source: of_job("lines"), ..entry(7, "first\nsecond\n\nfourth") };
    let empty = Entry { source: of_job("empty"), level: Level::Debug, ..entry(8, "") };
    let full = Source {
        service: "agent".into(),
        project: Some("p".into()),
        branch: Some("b".into()),
        flow: Some("f".into()),
        run: Some("r".into()),
        job: Some("full".into()),
        step: Some("s".into()),
        agent: Some("a".into()),
    };
    let full = Entry { time: nanosecond + SignedDuration::from_nanos(1), source: full.into(), ..entry(9, "full") };
    let whole = [odd, long, one_word, lines, empty, full];
    place.append(batch(whole.clone())).await;
    for entry in &whole {
        let query = Query { job: entry.source.job.clone(), ..Query::default() };
        let page = place.logs.search(query).await.unwrap();
        assert!(page.entries == std::slice::from_ref(entry), "{:?}", entry.source.job);
    }
    assert_eq!(place.all(text("needle")).await.len(), 1);
    assert_eq!(place.all(text("\"d\n\nf\"")).await.len(), 1);
    assert_eq!(place.all(text("\u{fffd}\u{fffd}")).await.len(), 1);
    // A long word is no shorter one.
    assert!(place.all(text(&"y".repeat(1000))).await.is_empty());
    assert_eq!(place.all(text(&format!("\"{}\"", "y".repeat(1000)))).await.len(), 1);
    assert_eq!(place.all(Query { since: Some(nanosecond), until: Some(at(6)), ..Query::default() }).await.len(), 2);
    assert_eq!(
        place.all(Query { since: Some(nanosecond + SignedDuration::from_nanos(1)), until: Some(at(6)), ..text("full") }).await.len(),
        1
    );
    assert!(place.all(Query { until: Some(nanosecond), ..Query::default() }).await.is_empty());
}

async fn what_makes_no_sense_is_refused_by_name(place: &Place) {
    let refused = place.logs.append(batch([entry(1, "short"), entry(2, "x".repeat(MAX_TEXT_BYTES + 1))])).await.unwrap_err();
    assert_eq!(refused, SearchError::TooLong { index: 1, bytes: MAX_TEXT_BYTES + 1 });
    let mut nowhere = batch([entry(1, "short")]);
    nowhere.origin.clear();
    assert!(matches!(place.logs.append(nowhere).await, Err(SearchError::Batch(_))));
    place.settle().await;
    assert!(place.all(Query::default()).await.is_empty());
    place.append(batch([])).await;
    place.append(batch([entry(1, "z".repeat(MAX_TEXT_BYTES))])).await;
    assert_eq!(place.all(Query::default()).await.len(), 1);

    for limit in [0, 1001] {
        let refused = place.logs.search(Query { limit, ..Query::default() }).await.unwrap_err();
        assert_eq!(refused.to_string(), format!("limit {limit}: expected 1 to 1000"));
    }
    let long = place.logs.search(text(&"y".repeat(1025))).await.unwrap_err();
    assert!(matches!(long, SearchError::Query(_)), "{long:?}");
    for cursor in ["", "zz", &"g".repeat(32), &"é".repeat(16), "bnVsbA", "WzEsMiwzXQ"] {
        let refused = place.logs.search(Query { cursor: Some(cursor.into()), ..Query::default() }).await.unwrap_err();
        assert!(matches!(refused, SearchError::Query(_)), "{refused:?}");
        assert!(refused.to_string().contains("expected one that an earlier page gave"), "{refused}");
    }
}

async fn levels_keep_their_order(place: &Place) {
    place.append(batch(Level::ALL.into_iter().map(|level| Entry { level, ..entry(1, level.name()) }))).await;
    for (index, level) in Level::ALL.into_iter().enumerate() {
        let expected: Vec<_> = Level::ALL[index..].iter().map(|level| level.name()).collect();
        assert_eq!(place.all(Query { level: Some(level), ..oldest() }).await, expected);
    }
}
