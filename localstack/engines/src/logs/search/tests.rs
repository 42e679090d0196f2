//! Searches over arbitrary entries, spread over segments and memory, against the plain meaning of a query.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kraken_search::{Entry, Level, Source, Text};
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::logs::block::BlockBuilder;
use crate::logs::origins::Origin;
use crate::logs::seal::seal;
use crate::logs::time::timestamp;

const WORDS: [&str; 6] = ["disk", "Full", "out-of-memory", "fullness", "größe", "x\ny"];

fn an_entry() -> impl Strategy<Value = Entry> {
    let words = proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..4);
    let level = proptest::sample::select(Level::ALL.to_vec());
    let id = || proptest::option::of(proptest::sample::select(vec!["a", "b"]));
    (0..8_i64, level, id(), id(), words).prop_map(|(time, level, flow, job, words)| {
        let (flow, job) = (flow.map(str::to_owned), job.map(str::to_owned));
        let source = Source { service: "agent".into(), flow, job, ..Source::default() };
        Entry { time: timestamp(time), level, source: Arc::new(source), text: words.join(" ") }
    })
}

fn a_query() -> impl Strategy<Value = Query> {
    let text =
        proptest::sample::select(vec!["", "full", "full disk", "\"ull\"", "out-of-memory", "größe", "\"y d\"", "\"x\ny\"", "absent"]);
    let id = || proptest::option::of(proptest::sample::select(vec!["a".to_owned(), "b".to_owned()]));
    let level = proptest::option::of(proptest::sample::select(Level::ALL.to_vec()));
    let time = || proptest::option::of((0..9_i64).prop_map(timestamp));
    let order = proptest::sample::select(vec![Order::NewestFirst, Order::OldestFirst]);
    (text, id(), id(), level, time(), time(), order, 1..5_usize).prop_map(|(text, flow, job, level, since, until, order, limit)| Query {
        text: Text::parse(text),
        flow,
        job,
        level,
        since,
        until,
        order,
        limit,
        ..Query::default()
    })
}

/// What the documentation of a query says, entry by entry.
fn plainly(entries: &[Entry], query: &Query, floor: i64) -> Vec<Entry> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    let has_word = |text: &str, word: &str| {
        let fits = |at: usize| !text[..at].ends_with(in_word) && !text[at + word.len()..].starts_with(in_word);
        text.match_indices(word).any(|(at, _)| fits(at))
    };
    let fits = |entry: &&Entry| {
        let text = entry.text.to_ascii_lowercase();
        query.text.words.iter().all(|word| has_word(&text, &word.to_ascii_lowercase()))
            && query.text.phrases.iter().all(|phrase| text.contains(&phrase.to_ascii_lowercase()))
            && query.flow.as_ref().is_none_or(|flow| entry.source.flow.as_ref() == Some(flow))
            && query.job.as_ref().is_none_or(|job| entry.source.job.as_ref() == Some(job))
            && query.level.is_none_or(|level| entry.level >= level)
            && query.since.is_none_or(|since| entry.time >= since)
            && query.until.is_none_or(|until| entry.time < until)
            && entry.time >= timestamp(floor)
    };
    let mut found: Vec<Entry> = entries.iter().filter(fits).cloned().collect();
    found.sort_by_key(|entry| entry.time);
    if query.order == Order::NewestFirst {
        found.reverse();
    }
    found
}

/// The entries in blocks of `block`, in segments of two blocks; what is left stays in memory.
fn stored(entries: &[Entry], block: usize, floor: i64) -> (TempDir, Snapshot) {
    let directory = tempfile::tempdir().unwrap();
    let mut builder = BlockBuilder::new(0);
    let mut blocks = Vec::new();
    for entries in entries.chunks(block) {
        entries.iter().for_each(|entry| builder.push(entry, Origin::UNKNOWN, 0));
        blocks.push(Arc::new(builder.take()));
    }
    let pairs = blocks.chunks_exact(2);
    let memory = pairs.remainder().to_vec();
    let sealed = pairs.map(|pair| Segment::open(seal(directory.path(), pair).unwrap().path.clone()).unwrap()).map(Arc::new).collect();
    (directory, Snapshot { sealed, blocks: memory, floor, gone: Arc::default() })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn pages_together_are_what_the_query_means(
        entries in proptest::collection::vec(an_entry(), 0..40),
        mut query in a_query(),
        block in 1..6_usize,
        floor in 0..3_i64,
    ) {
        let (_directory, snapshot) = stored(&entries, block, floor);
        let expected = plainly(&entries, &query, floor);
        let mut found = Vec::new();
        loop {
            let page = search(&snapshot, &query).unwrap();
            prop_assert!(page.entries.len() <= query.limit);
            found.extend(page.entries);
            query.cursor = page.cursor;
            if query.cursor.is_none() {
                break;
            }
            prop_assert!(found.len() < expected.len(), "a cursor that leads nowhere");
        }
        prop_assert_eq!(found, expected);
    }
}
