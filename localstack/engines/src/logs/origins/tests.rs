#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const ORIGIN: Origin = Origin(7);

fn a_range() -> impl Strategy<Value = Range<u64>> {
    (0..40_u64, 0..12_u64).prop_map(|(start, length)| start..start + length)
}

proptest! {
    #[test]
    fn what_is_missing_is_what_was_never_noted(noted in proptest::collection::vec(a_range(), 0..8), asked in a_range()) {
        let mut origins = Origins::default();
        noted.iter().for_each(|range| origins.note(ORIGIN, range.clone()));
        origins.note(Origin(8), 0..100);
        let seen: BTreeSet<u64> = noted.iter().cloned().flatten().collect();
        let expected: Vec<u64> = asked.clone().filter(|number| !seen.contains(number)).collect();

        let mut missing = vec![asked.clone()];
        origins.subtract(ORIGIN, &mut missing);
        prop_assert_eq!(missing.into_iter().flatten().collect::<Vec<_>>(), expected.clone());

        let mut missing = vec![asked];
        subtract_sorted(&origins.sorted(), ORIGIN, &mut missing);
        prop_assert_eq!(missing.into_iter().flatten().collect::<Vec<_>>(), expected);

        // Ranges that touch are one, so that an origin read from end to end takes the room of one.
        let sorted = origins.sorted();
        let gaps = seen.iter().filter(|number| !seen.contains(&(*number + 1))).count();
        prop_assert_eq!(sorted.iter().filter(|noted| noted.0 == ORIGIN.0).count(), gaps);
    }
}

#[test]
fn what_came_before_origins_hides_nothing() {
    let mut origins = Origins::default();
    origins.note(Origin::UNKNOWN, 0..10);
    assert!(origins.sorted().is_empty());
    assert_ne!(Origin::of("a"), Origin::of("b"));
    assert_ne!(Origin::of(""), Origin::UNKNOWN);
}
