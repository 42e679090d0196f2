use super::*;

#[test]
fn durations_are_for_people() {
    let expected = [
        (0, "0.0s"),
        (440, "0.4s"),
        (9_990, "9.9s"),
        (10_000, "10s"),
        (63_900, "1m 03s"),
        (3_599_999, "59m 59s"),
        (7_500_000, "2h 05m"),
        (273_600_000, "3d 04h"),
        (-5_000, "0.0s"),
    ];
    for (millis, words) in expected {
        assert_eq!(duration(SignedDuration::from_millis(millis)), words);
    }
}

#[test]
fn sizes_are_for_people() {
    let expected =
        [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB"), (2_040_109_466, "1.9 GiB"), (u64::MAX, "16.0 EiB")];
    for (bytes, words) in expected {
        assert_eq!(size(bytes), words);
    }
}
