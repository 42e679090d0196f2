//! Durations, dates and cron rules: what is read is meant, and the next time comes after the last.

#![no_main]

use jiff::{Timestamp, tz::TimeZone};
use kraken_domain::trigger::Cron;
use kraken_workflow::{LONGEST_S, format_duration, parse_date, parse_duration};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(seconds) = parse_duration(text) {
        assert!(seconds <= LONGEST_S);
        assert_eq!(parse_duration(&format_duration(seconds)), Ok(seconds));
    }
    if let Ok(date) = parse_date(text) {
        assert_eq!(parse_date(&date.to_string()), Ok(date));
    }
    if let Ok(rule) = text.parse::<Cron>() {
        for zone in ["UTC", "Europe/Warsaw", "Australia/Lord_Howe"] {
            let zone = TimeZone::get(zone).expect("the time zones are built in");
            // Shortly before the clocks are put forward in Europe.
            let mut at: Timestamp = "2026-03-28T23:59:59Z".parse().expect("a moment");
            for _ in 0..4 {
                let Some(next) = rule.next_after(at, &zone) else { break };
                assert!(next > at, "{text}: {next} is not after {at}");
                at = next;
            }
        }
    }
});
