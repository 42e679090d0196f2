#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn times(rule: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (rule, zone) = (rule.parse::<Cron>().unwrap(), crate::trigger::time_zone(zone).unwrap());
    let mut at: Timestamp = after.parse().unwrap();
    let mut next = || {
        at = rule.next_after(at, &zone).unwrap();
        at.to_string()
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn rules_come_when_cron_says() {
    let hour = times("*/20 * * * *", "UTC", "2026-01-01T00:05:30Z", 3);
    assert_eq!(hour, ["2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z", "2026-01-01T01:00:00Z"]);
    let from = times("50/5 3 * * *", "UTC", "2026-01-01T00:00:00Z", 3);
    assert_eq!(from, ["2026-01-01T03:50:00Z", "2026-01-01T03:55:00Z", "2026-01-02T03:50:00Z"]);
    // The 13th, or a Friday: either will do.
    let either = times("0 0 13 * fri", "UTC", "2026-02-01T00:00:00Z", 4);
    assert_eq!(either, ["2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z"]);
    let named = times("30 8 1 jan,JUL *", "UTC", "2026-02-01T00:00:00Z", 2);
    assert_eq!(named, ["2026-07-01T08:30:00Z", "2027-01-01T08:30:00Z"]);
    assert_eq!(times("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", 1), times("0 0 * * 0", "UTC", "2026-01-01T00:00:00Z", 1));
    assert_eq!(times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2), ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]);
}

#[test]
fn a_moment_that_fits_is_not_after_itself() {
    assert_eq!(times("0 12 * * *", "UTC", "2026-01-01T12:00:00Z", 1), ["2026-01-02T12:00:00Z"]);
    assert_eq!(times("0 12 * * *", "UTC", "2026-01-01T11:59:59.999Z", 1), ["2026-01-01T12:00:00Z"]);
}

#[test]
fn times_of_day_follow_the_zone() {
    assert_eq!(times("0 9 * * *", "Europe/Warsaw", "2026-03-28T00:00:00Z", 2), ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"]);
}

#[test]
fn a_time_that_the_clock_jumps_over_comes_right_after() {
    // 02:30 does not exist on that day; at 03:00 summer time begins.
    let spring = times("30 2 * * *", "Europe/Warsaw", "2026-03-28T12:00:00Z", 2);
    assert_eq!(spring, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
}

#[test]
fn a_time_that_the_clock_has_twice_comes_once() {
    let autumn = times("30 2 * * *", "Europe/Warsaw", "2026-10-24T12:00:00Z", 2);
    assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
}

#[test]
fn what_comes_every_half_hour_does_so_while_the_clock_is_put_back() {
    let autumn = times("*/30 * * * *", "Europe/Warsaw", "2026-10-24T23:45:00Z", 5);
    let half_hours =
        ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
    assert_eq!(autumn, half_hours);
}

#[test]
fn a_bad_rule_names_the_part() {
    for (rule, part) in [
        ("* * * *", "4 parts"),
        ("* * * * * *", "6 parts"),
        ("@daily", "1 parts"),
        ("60 * * * *", "\"60\" is not a minute: expected 0 to 59"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day"),
        ("* * * foo *", "jan to dec"),
        ("* * * * 8", "sun to sat"),
        ("*/0 * * * *", "minute"),
        ("30-10 * * * *", "minute"),
        ("1, * * * *", "minute"),
        ("* * L * *", "day"),
        ("* * * * fri#2", "weekday"),
        ("0 0 30 2 *", "never comes"),
    ] {
        let error = rule.parse::<Cron>().expect_err(rule).to_string();
        assert!(error.contains(part), "{rule}: {error}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(rule in "[0-9*/,a-z -]{0,30}") {
        let _ = rule.parse::<Cron>();
    }

    #[test]
    fn the_next_time_is_later_and_nothing_fits_in_between(minute in 0_u32..60, hour in 0_u32..24, after in 0_i64..2_000_000_000) {
        let rule: Cron = format!("{minute} {hour} * * *").parse().unwrap();
        let after = Timestamp::from_second(after).unwrap();
        let next = rule.next_after(after, &TimeZone::UTC).unwrap();
        prop_assert!(next > after && next.as_second() - after.as_second() <= 24 * 3600);
        prop_assert_eq!(next.as_second() % 86_400, i64::from(hour * 3600 + minute * 60));
    }
}
