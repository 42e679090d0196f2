//! Each item finds its own price.

use super::PRICES;

#[test]
fn prices_are_in_the_order_of_the_items() {
    for (at, price) in PRICES.iter().enumerate() {
        assert_eq!(price.item as usize, at, "{}", price.what);
    }
}
