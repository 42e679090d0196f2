#![allow(clippy::unwrap_used)]
use super::*;

const TEXT: &str = "begin 01 11 10.000000\nbegin 02 12 10.000000\nend 01 11 11.000000\nbegin 03 13 11.000000\nbegin 02 14 12.000000\n\
                    end 03 13 12.500000\nend 02 14 13.000000\nbegin 04 15 13.0";

#[test]
fn a_ledger_tells_what_was_repeated_and_what_never_ended() {
    let ledger = Ledger::read(TEXT).unwrap();
    assert_eq!(ledger.repeated(), ["02"]);
    assert_eq!(ledger.lost(), JOBS - 3);
    let (name, newest) = ledger.newest().unwrap();
    assert_eq!((name, newest.pid), ("02", 14));
    assert_eq!(ledger.0["02"][0].ended, None);
}

#[test]
fn work_left_counts_the_rest_of_what_runs_and_all_of_what_comes() {
    let ledger = Ledger::read(TEXT).unwrap();
    let at = |text| Moment::of_shell(text).unwrap();
    // Job 03 has 1.0 s left, job 02's second try takes 1.0 s: side by side with two agents, one after the other with one.
    assert!((ledger.work_left_s(at("11.500000"), 2) - 1.0).abs() < 1e-9);
    assert!((ledger.work_left_s(at("11.500000"), 1) - 2.0).abs() < 1e-9);
    assert!(ledger.work_left_s(at("20.000000"), 4).abs() < 1e-9);
}
