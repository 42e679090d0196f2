//! Old entries are forgotten.

use kraken_search::Query;

use crate::place::{Place, at, batch, entry, oldest};

crate::stories![what_is_before_the_limit_is_forgotten, what_a_wrong_clock_wrote_has_the_time_it_was_received];

const DAY: i64 = 24 * 60 * 60;

async fn what_is_before_the_limit_is_forgotten(place: &Place) {
    place.append(batch((-4..2).map(|day| entry(day * DAY + 60, day.to_string())))).await;
    place.logs.drop_before(at(-DAY)).await.unwrap();
    place.settle().await;
    assert_eq!(place.all(oldest()).await, ["-1", "0", "1"]);
    // What is forgotten already can be forgotten again, and more.
    place.logs.drop_before(at(-2 * DAY)).await.unwrap();
    place.logs.drop_before(at(-DAY)).await.unwrap();
    place.logs.drop_before(at(3600)).await.unwrap();
    place.settle().await;
    let expected: &[&str] = if place.forgets_by_day() { &["0", "1"] } else { &["1"] };
    assert_eq!(place.all(oldest()).await, expected);
    // New entries are kept as before.
    place.append(batch([entry(DAY, "new")])).await;
    assert_eq!(place.all(Query { since: Some(at(DAY)), ..oldest() }).await, ["new", "1"]);
}

async fn what_a_wrong_clock_wrote_has_the_time_it_was_received(place: &Place) {
    let times = [-500 * DAY, -300 * DAY, DAY, 500 * DAY];
    place.append(batch(times.map(|second| entry(second, (second / DAY).to_string())))).await;
    assert_eq!(place.all(oldest()).await, ["-300", "-500", "500", "1"]);
    let received = Query { since: Some(at(0)), until: Some(at(1)), ..oldest() };
    assert_eq!(place.all(received).await, ["-500", "500"]);
}
