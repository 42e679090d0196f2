#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Level, Source};

fn batch(hours: &[i64]) -> Batch {
    let received = Timestamp::from_second(1_760_000_000).unwrap();
    let entry = |hours: &i64| Entry {
        time: received + SignedDuration::from_hours(*hours),
        level: Level::Info,
        source: Source::default().into(),
        text: "x".into(),
    };
    Batch { origin: "o".into(), received, first: 0, entries: hours.iter().map(entry).collect() }
}

#[test]
fn times_of_wrong_clocks_become_that_of_reception() {
    let batch = batch(&[-400 * 24 - 1, -400 * 24, 0, 48, 49]).checked().unwrap();
    let hours: Vec<_> = batch.entries.iter().map(|entry| entry.time.duration_since(batch.received).as_hours()).collect();
    assert_eq!(hours, [0, -400 * 24, 0, 48, 0]);
}

#[test]
fn what_cannot_be_kept_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Batch)| {
        let mut batch = batch(&[0, 0]);
        change(&mut batch);
        batch.checked().unwrap_err()
    };
    assert_eq!(refused(&|batch| batch.origin.clear()).to_string(), "origin: 0 bytes, expected 1 to 2048");
    assert_eq!(refused(&|batch| batch.origin = "x".repeat(2049)).to_string(), "origin: 2049 bytes, expected 1 to 2048");
    assert!(refused(&|batch| batch.first = u64::MAX - 1).to_string().starts_with("first 18446744073709551614: "));
    assert!(refused(&|batch| batch.first = i64::MAX as u64 - 1).to_string().starts_with("first "));
    let long = refused(&|batch| batch.entries[1].text = "x".repeat(MAX_TEXT_BYTES + 1));
    assert_eq!(long, SearchError::TooLong { index: 1, bytes: MAX_TEXT_BYTES + 1 });
}
