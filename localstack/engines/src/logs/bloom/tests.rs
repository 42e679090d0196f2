#![allow(clippy::unwrap_used)]

use super::*;
use crate::logs::words::{Field, exact};

fn has(filter: &[u8], word: u64) -> bool {
    let start = block_of(word, (filter.len() / BLOCK_BYTES) as u64) as usize * BLOCK_BYTES;
    claims(filter[start..start + BLOCK_BYTES].try_into().unwrap(), word)
}

fn word(number: usize) -> u64 {
    exact(Field::Job, &number.to_string())
}

#[test]
fn it_never_denies_what_is_there_and_rarely_claims_what_is_not() {
    let filter = build((0..20_000).map(word));
    assert!((0..20_000).all(|number| has(&filter, word(number))));
    let wrong = (20_000..40_000).filter(|number| has(&filter, word(*number))).count();
    assert!(wrong < 20_000 * 3 / 100, "{wrong} of 20000 claimed");
}

#[test]
fn an_empty_filter_has_a_block_that_denies() {
    let filter = build(std::iter::empty());
    assert_eq!(filter.len(), BLOCK_BYTES);
    assert!(!has(&filter, word(1)));
}
