use proptest::prelude::*;

use super::*;

#[test]
fn durations_as_people_write_them() {
    for (text, seconds) in [
        ("10m", 600),
        ("1d", 86_400),
        ("3h 30m", 12_600),
        ("3h30m", 12_600),
        ("1w", 604_800),
        ("2 hours", 7_200),
        ("1 day, 2 hours", 93_600),
        ("1.5h", 5_400),
        ("90", 90),
        (" 20M ", 1_200),
        ("0s", 0),
    ] {
        assert_eq!(parse_duration(text), Ok(seconds), "{text}");
    }
}

#[test]
fn what_is_no_duration_is_refused_with_the_reason() {
    for (text, part) in [
        ("", "empty"),
        ("soon", "a number is missing"),
        ("10x", "\"x\" is not a unit"),
        ("1h 30", "a unit is missing"),
        ("-5m", "a number is missing"),
        ("1..5h", "a number is missing"),
        ("1:30", "a unit is missing"),
        ("99999d", "ten years"),
        ("10m!", "a number is missing"),
    ] {
        let error = parse_duration(text).expect_err(text);
        assert!(error.contains(part) && error.contains("10m"), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(seconds in 0..=LONGEST_S) {
        prop_assert_eq!(parse_duration(&format_duration(seconds)), Ok(seconds));
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,20}") {
        let _ = parse_duration(&text);
    }

    #[test]
    fn parts_add_up(a in 0..500_u64, b in 0..500_u64) {
        prop_assert_eq!(parse_duration(&format!("{a}h {b}m")), Ok(a * 3600 + b * 60));
    }
}
