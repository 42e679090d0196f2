//! What comes again is kept once.

use std::sync::Arc;

use kraken_search::{Batch, Entry, Query};

use crate::place::{Place, at, entry, oldest};

crate::stories![
    a_batch_that_comes_again_is_kept_once,
    what_overlaps_adds_only_what_is_new_in_any_order,
    many_that_append_the_same_at_once_keep_it_once,
    what_came_first_stays,
];

/// Lines `numbers` of the origin `origin`, each with its number as its text.
fn part(origin: &str, numbers: std::ops::Range<u64>) -> Batch {
    let entries = numbers.clone().map(|number| entry(number as i64 / 3, number.to_string())).collect();
    Batch { origin: origin.into(), received: at(100), first: numbers.start, entries }
}

fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

async fn sorted(place: &Place) -> Vec<String> {
    let mut found = place.all(Query { limit: 1000, ..oldest() }).await;
    found.sort_by_key(|number| number.parse::<u64>().unwrap());
    found
}

async fn a_batch_that_comes_again_is_kept_once(place: &Place) {
    for again in [0..10, 0..10, 3..7, 0..1, 5..10] {
        place.append(part("a", again)).await;
        assert_eq!(place.all(oldest()).await, numbers(0..10));
    }
    // The same lines of another origin are others, be its name longer than an id may be.
    place.append(part(&"b".repeat(2000), 0..10)).await;
    place.append(part(&("b".repeat(1999) + "c"), 0..10)).await;
    assert_eq!(place.all(oldest()).await.len(), 30);
}

async fn what_overlaps_adds_only_what_is_new_in_any_order(place: &Place) {
    for numbers in [20..30, 0..5, 3..22, 28..33, 0..33] {
        place.append(part("a", numbers)).await;
    }
    assert_eq!(sorted(place).await, numbers(0..33));
    // Each is found with its number, wherever it was cut.
    let page = place.logs.search(Query { limit: 1000, ..oldest() }).await.unwrap();
    let texts = page.entries.iter().map(|entry| entry.text.parse().ok());
    assert_eq!((page.numbers.len(), page.numbers), (33, texts.collect::<Vec<Option<u64>>>()));
}

async fn many_that_append_the_same_at_once_keep_it_once(place: &Place) {
    let writers = (0..6_u64).map(|writer| {
        let logs = Arc::clone(&place.logs);
        tokio::spawn(async move {
            for first in 0..8 {
                logs.append(part("a", first * 5..first * 5 + 5 + writer)).await.unwrap();
            }
        })
    });
    futures::future::join_all(writers).await.into_iter().for_each(Result::unwrap);
    place.settle().await;
    assert_eq!(sorted(place).await, numbers(0..45));
}

async fn what_came_first_stays(place: &Place) {
    place.append(part("a", 0..3)).await;
    let mut other = part("a", 0..4);
    other.entries.iter_mut().for_each(|entry| *entry = Entry { text: format!("{} again", entry.text), ..entry.clone() });
    place.append(other).await;
    assert_eq!(place.all(oldest()).await, ["0", "1", "2", "3 again"]);
}
