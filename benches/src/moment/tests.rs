#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn shell_and_log_say_the_same_moment() {
    let shell = Moment::of_shell("1700000000.250000\n").unwrap();
    assert_eq!(shell, Moment::of_shell("1700000000,250000").unwrap());
    assert_eq!(Some(shell), Moment::of_log("2023-11-14T22:13:20.250000Z"));
    assert!(Moment::of_shell("never").is_err());
}

#[test]
fn differences_have_units() {
    let earlier = Moment::of_shell("1.000000").unwrap();
    let later = Moment::of_shell("2.500000").unwrap();
    assert!((later.ms_since(earlier) - 1500.0).abs() < 1e-9);
    assert!((later.s_since(earlier) - 1.5).abs() < 1e-9);
    assert_eq!(later.before_ms(1500.0), earlier);
}
