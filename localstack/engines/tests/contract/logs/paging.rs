//! Pages stay put while entries arrive.

use kraken_engines::logs::{Order, Query};

use super::shelf::{Shelf, entry, filler, sealed};

#[tokio::test]
async fn pages_neither_repeat_nor_lose_entries_while_others_arrive() {
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let shelf = Shelf::new();
        // Ten entries to the second, so that pages end in the middle of one.
        shelf.append((0..100).map(|number| entry(1000 + number / 10, format!("old {number}")))).await;
        let mut query = Query { order, limit: 7, ..Query::default() };
        let mut found = Vec::new();
        for round in 0.. {
            let page = shelf.logs.search(query.clone()).await.unwrap();
            found.extend(page.entries.into_iter().map(|entry| entry.text));
            query.cursor = page.cursor;
            if query.cursor.is_none() {
                break;
            }
            // At both ends, in the middle, and at the times that pages end at.
            let times = (0..12).map(|second| 999 + second);
            shelf.append(times.map(|second| entry(second, format!("new {round}")))).await;
            if round == 3 {
                // The entries move from memory into a segment.
                shelf.append(filler()).await;
                shelf.append([entry(0, "new")]).await;
                sealed(shelf.directory.path(), 1).await;
            }
        }
        let old: Vec<_> = found.into_iter().filter(|text| text.starts_with("old")).collect();
        let mut expected: Vec<_> = (0..100).map(|number| format!("old {number}")).collect();
        if order == Order::NewestFirst {
            expected.reverse();
        }
        assert_eq!(old, expected, "{order:?}");
    }
}

#[tokio::test]
async fn entries_that_arrive_late_are_found_by_their_time() {
    let shelf = Shelf::new();
    shelf.append([entry(5, "five"), entry(1, "one")]).await;
    shelf.append([entry(3, "three"), entry(5, "five again")]).await;
    let oldest = Query { order: Order::OldestFirst, ..Query::default() };
    assert_eq!(shelf.all(oldest).await, ["one", "three", "five", "five again"]);
    assert_eq!(shelf.all(Query::default()).await, ["five again", "five", "three", "one"]);
}

#[tokio::test]
async fn a_page_of_very_long_entries_ends_early_and_goes_on() {
    let shelf = Shelf::new();
    shelf.append((0..12).map(|number| entry(number, format!("{number} {}", "x".repeat(1_000_000))))).await;
    let page = shelf.logs.search(Query::default()).await.unwrap();
    assert!(page.entries.len() < 12, "{} entries on a page", page.entries.len());
    let found = shelf.all(Query::default()).await;
    let numbers: Vec<_> = found.iter().map(|text| text.split(' ').next().unwrap().parse::<i64>().unwrap()).collect();
    assert_eq!(numbers, (0..12).rev().collect::<Vec<_>>());
}
