#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn single_arguments_win_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("args.json");
    std::fs::write(&file, r#"{"a": 1, "b": [true]}"#).unwrap();
    let args = arguments(vec!["a=x".parse().unwrap()], Some(file)).unwrap();
    assert_eq!(args["a"], "x");
    assert_eq!(args["b"][0], true);
}

#[test]
fn a_file_that_is_no_object_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("args.json");
    std::fs::write(&file, "[1]").unwrap();
    assert_eq!(arguments(Vec::new(), Some(file)).unwrap_err().exit().code(), 7);
}

#[test]
fn code_that_is_no_text_is_refused_with_the_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.star");
    std::fs::write(&file, b"def \xff").unwrap();
    let failure = read_code(&file).unwrap_err();
    assert!(failure.to_string().contains("byte 4"), "{failure}");
}

#[test]
fn moments_are_durations_or_times() {
    assert!(moment("30d").unwrap() > Timestamp::now());
    assert!(moment("1h 30m").unwrap() > Timestamp::now());
    assert_eq!(moment("2026-12-31T00:00:00Z").unwrap().to_string(), "2026-12-31T00:00:00Z");
    for text in ["", "soon", "-1h", "5"] {
        assert!(moment(text).is_err(), "{text:?}");
    }
}
