//! Sums, against examples that AWS prints.

use super::{Usage, cost};
use crate::prices::Item;

fn is(usd: f64, expected: f64) -> bool {
    (usd - expected).abs() < 1e-9
}

#[test]
fn amounts_are_priced_by_their_unit() {
    // 3,550,000 writes and 3,550,000 reads on demand, as the service's page of prices works it out.
    assert!(is(cost(Item::WriteUnits, 3_550_000.0), 2.218_75));
    assert!(is(cost(Item::ReadUnits, 3_550_000.0), 0.443_75));
    // 10,000 PUT and 10,000 GET.
    assert!(is(cost(Item::Puts, 10_000.0), 0.05));
    assert!(is(cost(Item::Gets, 10_000.0), 0.004));
}

#[test]
fn usage_adds_up_and_is_split_by_service() {
    let one = Usage::of(Item::StandardRequests, 1e6) + Usage::of(Item::FifoRequests, 1e6) + Usage::of(Item::HttpRequests, 1e6);
    let two = one.clone() * 2.0;
    assert!(is(two.usd(), 3.8));
    assert!(is(two.by_service()["SQS"], 1.8));
    assert!(is((two - one).usd(), 1.9));
}
