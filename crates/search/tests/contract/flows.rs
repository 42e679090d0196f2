//! The entries of single flows are forgotten.

use std::sync::Arc;

use kraken_search::{Entry, Query, Source};

use crate::place::{Place, at, batch, entry, oldest};

crate::stories![
    the_entries_of_a_flow_are_forgotten_and_no_others,
    what_was_forgotten_is_not_kept_again_and_what_comes_later_is,
    more_than_fit_into_one_request_are_forgotten,
];

fn of_flow(flow: &str, second: i64, text: &str) -> Entry {
    let source = Source { service: "job".into(), flow: Some(flow.into()), ..Source::default() };
    Entry { source: Arc::new(source), ..entry(second, text) }
}

async fn the_entries_of_a_flow_are_forgotten_and_no_others(place: &Place) {
    let mixed = [of_flow("f1", 1, "a"), of_flow("f2", 2, "b"), entry(3, "c"), of_flow("f1", 4, "d"), of_flow("f11", 5, "e")];
    place.append(batch(mixed)).await;
    for _ in 0..2 {
        place.logs.forget_flow("f1").await.unwrap();
        place.settle().await;
        assert_eq!(place.all(oldest()).await, ["b", "c", "e"]);
        assert_eq!(place.all(Query { flow: Some("f1".into()), ..oldest() }).await, [""; 0]);
        assert_eq!(place.all(Query { text: kraken_search::Text::parse("a"), ..oldest() }).await, [""; 0]);
    }
    // Nobody ever heard of it.
    place.logs.forget_flow("f3").await.unwrap();
    place.settle().await;
    assert_eq!(place.all(Query { flow: Some("f2".into()), ..oldest() }).await, ["b"]);
}

async fn what_was_forgotten_is_not_kept_again_and_what_comes_later_is(place: &Place) {
    let log = batch([of_flow("f1", 1, "a"), entry(2, "b")]);
    place.append(log.clone()).await;
    place.logs.forget_flow("f1").await.unwrap();
    place.settle().await;
    // Part of the flow ran again.
    place.append(batch([of_flow("f1", 3, "again")])).await;
    assert_eq!(place.all(oldest()).await, ["b", "again"]);
    place.logs.drop_before(at(-1000)).await.unwrap();
    assert_eq!(place.all(oldest()).await, ["b", "again"]);
    place.logs.forget_flow("f1").await.unwrap();
    place.settle().await;
    assert_eq!(place.all(oldest()).await, ["b"]);
}

async fn more_than_fit_into_one_request_are_forgotten(place: &Place) {
    let many = (0..5000).map(|number| of_flow(if number % 2 == 0 { "f1" } else { "f2" }, number % 900, &number.to_string()));
    place.append(batch(many)).await;
    place.logs.forget_flow("f1").await.unwrap();
    place.settle().await;
    let left = place.all(Query { limit: 1000, ..oldest() }).await;
    assert_eq!(left.len(), 2500);
    assert!(left.iter().all(|text| text.parse::<u32>().unwrap() % 2 == 1));
}
