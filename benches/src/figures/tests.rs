use super::*;

#[test]
fn factors_say_how_much_better_than_the_target() {
    assert_eq!(Figure::new("", 5.0, "ms").at_most(10.0).cells(), ["", "5", "≤ 10", "ms", "2.00"]);
    assert_eq!(Figure::new("", 20.0, "ms").at_most(10.0).cells(), ["", "20", "≤ 10", "ms", "0.50 missed"]);
    assert_eq!(Figure::new("", 6000.4, "jobs/min").at_least(5000.0).cells(), ["", "6000", "≥ 5000", "jobs/min", "1.20"]);
    assert_eq!(Figure::new("", 0.0, "jobs").exactly(0.0).cells(), ["", "0", "0", "jobs", "met"]);
    assert_eq!(Figure::new("", 1.0, "jobs").exactly(0.0).cells(), ["", "1", "0", "jobs", "missed"]);
    assert_eq!(Figure::new("", 0.1234, "s").cells(), ["", "0.123", "", "s", ""]);
}
