#![allow(clippy::unwrap_used)]

use super::*;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn an_entry_goes_to_the_index_of_its_day() {
    let names = Names::new("kraken-logs").unwrap();
    assert_eq!(names.of(at("2025-12-31T23:59:59.999999999Z")), "kraken-logs-2025.12.31");
    assert_eq!(names.of(at("2026-01-01T00:30:00+01:00")), "kraken-logs-2025.12.31");
    assert_eq!(names.of(at("1970-01-01T00:00:00Z")), "kraken-logs-1970.01.01");
}

#[test]
fn an_index_is_forgotten_when_its_day_is_over_before_the_limit() {
    let names = Names::new("kraken-logs").unwrap();
    let limit = at("2026-03-02T00:00:00Z");
    assert!(names.is_before("kraken-logs-2026.03.01", limit));
    assert!(!names.is_before("kraken-logs-2026.03.01", at("2026-03-01T23:59:59Z")));
    assert!(!names.is_before("kraken-logs-2026.03.02", limit));
    for other in ["kraken-logs", "kraken-logs-eu-2020.01.01", "other-2020.01.01", "kraken-logs-2020.01", "kraken-logs-2020.13.01"] {
        assert!(!names.is_before(other, limit), "{other}");
    }
}
