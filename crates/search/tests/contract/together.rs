//! Both implementations find the same, whatever is asked of whatever.

use std::sync::Arc;

use kraken_search::{Entry, Level, Order, Query, Source, Text};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::place::{Place, at, batch};

const PIECES: [&str; 12] = ["disk", "Full", "out-of-memory", "fullness", "größe", "x\ny", " ", "-", "_", "/", "é", "0"];

fn an_entry() -> impl Strategy<Value = Entry> {
    let text = proptest::collection::vec((proptest::sample::select(PIECES.to_vec()), proptest::sample::select(vec!["", " ", ": "])), 0..5);
    let level = proptest::sample::select(Level::ALL.to_vec());
    let id = || proptest::option::of(proptest::sample::select(vec!["a", "b"]));
    (0..8_i64, level, id(), id(), text).prop_map(|(second, level, flow, job, text)| {
        let (flow, job) = (flow.map(str::to_owned), job.map(str::to_owned));
        let source = Source { service: "agent".into(), flow, job, ..Source::default() };
        let text = text.into_iter().flat_map(|(piece, gap)| [piece, gap]).collect();
        Entry { time: at(second), level, source: Arc::new(source), text }
    })
}

fn a_query() -> impl Strategy<Value = Query> {
    let needle = || proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 1..3).prop_map(|pieces| pieces.concat());
    let part = needle().prop_flat_map(|needle| {
        let edges: Vec<usize> = (0..=needle.len()).filter(|at| needle.is_char_boundary(*at)).collect();
        (Just(needle), proptest::sample::select(edges.clone()), proptest::sample::select(edges))
            .prop_map(|(needle, a, b)| needle[a.min(b)..a.max(b)].to_owned())
    });
    let text = (proptest::collection::vec(needle(), 0..2), proptest::collection::vec(part, 0..2));
    let id = || proptest::option::of(proptest::sample::select(vec!["a".to_owned(), "b".to_owned()]));
    let level = proptest::option::of(proptest::sample::select(Level::ALL.to_vec()));
    let time = || proptest::option::of((0..9_i64).prop_map(at));
    let order = proptest::sample::select(vec![Order::NewestFirst, Order::OldestFirst]);
    (text, id(), id(), level, time(), time(), order, 1..50_usize).prop_map(
        |((words, phrases), flow, job, level, since, until, order, limit)| Query {
            text: Text { words, phrases },
            flow,
            job,
            level,
            since,
            until,
            order,
            limit,
            ..Query::default()
        },
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn segments_and_opensearch_find_the_same() {
    let (segments, opensearch) = (Place::segments(), Place::opensearch());
    let config = Config::default();
    let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(config.rng_algorithm));
    let entries = proptest::collection::vec(an_entry(), 300).new_tree(&mut runner).unwrap().current();
    // Origins that sort as they come: entries of one time have the same order in both.
    for entries in entries.chunks(40) {
        let batch = batch(entries.iter().cloned());
        segments.append(batch.clone()).await;
        opensearch.append(batch).await;
    }
    let mut found_any = 0;
    for _ in 0..400 {
        let query = a_query().new_tree(&mut runner).unwrap().current();
        let expected = segments.all(query.clone()).await;
        found_any += usize::from(!expected.is_empty());
        assert_eq!(opensearch.all(query.clone()).await, expected, "{query:?}");
    }
    assert!(found_any > 100, "only {found_any} queries found anything: the story misses its point");
}
