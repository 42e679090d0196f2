#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn numbers(set: u64) -> Vec<u32> {
    (0..64).filter(|n| set >> n & 1 == 1).collect()
}

#[test]
fn rules_mean_what_cron_means() {
    let every_ten = Cron::parse("*/10 * * * *").unwrap();
    assert_eq!(numbers(every_ten.minutes), [0, 10, 20, 30, 40, 50]);
    assert_eq!(numbers(every_ten.weekdays), [0, 1, 2, 3, 4, 5, 6]);
    assert!(!every_ten.restricts_days && !every_ten.restricts_weekdays);

    let rule = Cron::parse("5,35 8-18/2 1,15 jan-mar,DEC mon-fri").unwrap();
    assert_eq!(numbers(rule.minutes), [5, 35]);
    assert_eq!(numbers(rule.hours), [8, 10, 12, 14, 16, 18]);
    assert_eq!(numbers(rule.days), [1, 15]);
    assert_eq!(numbers(rule.months), [1, 2, 3, 12]);
    assert_eq!(numbers(rule.weekdays), [1, 2, 3, 4, 5]);
    assert!(rule.restricts_days && rule.restricts_weekdays);

    assert_eq!(numbers(Cron::parse("0 0 * * 7").unwrap().weekdays), [0]);
    assert_eq!(numbers(Cron::parse("0 0 * * 5-7").unwrap().weekdays), [0, 5, 6]);
    assert_eq!(numbers(Cron::parse("50/3 0 * * *").unwrap().minutes), [50, 53, 56, 59]);
}

#[test]
fn a_bad_rule_names_the_part() {
    for (rule, part) in [
        ("* * * *", "4 parts"),
        ("* * * * * *", "6 parts"),
        ("60 * * * *", "\"60\" is not a minute: expected 0 to 59"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day"),
        ("* * * foo *", "jan to dec"),
        ("* * * * 8", "sun to sat"),
        ("*/0 * * * *", "step"),
        ("30-10 * * * *", "ends before"),
        ("1, * * * *", "minute"),
    ] {
        let error = Cron::parse(rule).expect_err(rule);
        assert!(error.contains(part), "{error}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(rule in "[0-9*/,a-z -]{0,30}") {
        let _ = Cron::parse(&rule);
    }
}
