//! Pages stay put while entries arrive.

use kraken_search::{Order, Query};

use crate::place::{Place, batch, entry, oldest, text};

crate::stories![
    pages_neither_repeat_nor_lose_entries_while_others_arrive,
    entries_that_arrive_late_are_found_by_their_time,
    a_page_of_very_long_entries_ends_early_and_goes_on,
    a_page_that_few_entries_fit_comes_to_an_end,
    a_last_page_that_is_full_has_no_cursor,
];

async fn pages_neither_repeat_nor_lose_entries_while_others_arrive(place: &Place) {
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let name = format!("{order:?}").to_lowercase();
        // Ten entries to the second, so that pages end in the middle of one.
        place.append(batch((0..100).map(|number| entry(100 + number / 10, format!("old {name} {number}"))))).await;
        let mut query = Query { order, limit: 17, ..text("old") };
        let mut found = Vec::new();
        for round in 0.. {
            let page = place.logs.search(query.clone()).await.unwrap();
            found.extend(page.entries.into_iter().map(|entry| entry.text));
            query.cursor = page.cursor;
            if query.cursor.is_none() {
                break;
            }
            // At both ends, in the middle, and at the times that pages end at.
            let times = (0..12).map(|second| 99 + second);
            place.append(batch(times.map(|second| entry(second, format!("old, but new {round}"))))).await;
        }
        let before: Vec<_> = found.into_iter().filter(|text| text.contains(&name)).collect();
        let mut expected: Vec<_> = (0..100).map(|number| format!("old {name} {number}")).collect();
        if order == Order::NewestFirst {
            expected.reverse();
        }
        assert_eq!(before, expected);
    }
}

async fn entries_that_arrive_late_are_found_by_their_time(place: &Place) {
    place.append(batch([entry(5, "five"), entry(1, "one")])).await;
    place.append(batch([entry(3, "three"), entry(5, "five again")])).await;
    // Another day, that comes before.
    place.append(batch([entry(-10, "yesterday")])).await;
    assert_eq!(place.all(oldest()).await, ["yesterday", "one", "three", "five", "five again"]);
    assert_eq!(place.all(Query::default()).await, ["five again", "five", "three", "one", "yesterday"]);
}

async fn a_page_of_very_long_entries_ends_early_and_goes_on(place: &Place) {
    place.append(batch((0..12).map(|number| entry(number, format!("{number} {}", "x".repeat(1_000_000)))))).await;
    let page = place.logs.search(Query::default()).await.unwrap();
    assert!((1..12).contains(&page.entries.len()), "{} entries on a page", page.entries.len());
    let first = |text: &String| text.split(' ').next().unwrap().parse::<i64>().unwrap();
    for query in [Query::default(), text("\"x\"")] {
        let found = place.all(query).await;
        assert_eq!(found.iter().map(first).collect::<Vec<_>>(), (0..12).rev().collect::<Vec<_>>());
    }
}

async fn a_page_that_few_entries_fit_comes_to_an_end(place: &Place) {
    // To an index of words, all of them may fit.
    let line = |number: i64| entry(number % 900, if number % 1500 == 7 { "a-b".into() } else { format!("a b {number}") });
    place.append(batch((0..6000).map(line))).await;
    assert_eq!(place.all(text("a-b")).await.len(), 4);
    assert_eq!(place.all(Query { limit: 3, ..text("\"a-b\"") }).await.len(), 4);
}

async fn a_last_page_that_is_full_has_no_cursor(place: &Place) {
    place.append(batch((0..20).map(|number| entry(number, number.to_string())))).await;
    let first = place.logs.search(Query { limit: 10, ..oldest() }).await.unwrap();
    assert_eq!(first.entries.len(), 10);
    let second = place.logs.search(Query { limit: 10, cursor: first.cursor, ..oldest() }).await.unwrap();
    assert_eq!((second.entries.len(), second.cursor), (10, None));
}
