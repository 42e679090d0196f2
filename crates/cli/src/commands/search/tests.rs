#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn a_moment_is_a_time_or_so_long_ago() {
    let now: Timestamp = "2026-03-01T12:10:00Z".parse().unwrap();
    for (text, at) in [("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"), ("2h", "2026-03-01T10:10:00Z"), ("30m", "2026-03-01T11:40:00Z")] {
        assert_eq!(moment(text).unwrap().before(now), at.parse().unwrap(), "{text}");
    }
    for wrong in ["", "yesterday", "-2h", "10:00"] {
        assert!(moment(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_line_tells_when_whose_and_what() {
    let line = FoundLine {
        time: "2026-03-01T12:00:00Z".parse().unwrap(),
        level: "info".into(),
        service: "job".into(),
        project: None,
        branch: None,
        flow: None,
        run: None,
        job: Some("f-1-2".into()),
        step: None,
        number: None,
        agent: None,
        text: "a line\u{1b}[2J".into(),
    };
    let look = Look::for_tests();
    assert!(shown(&line, &look).starts_with("2026-03-01 12:00:00  f-1-2  a line"));
    assert!(!shown(&line, &look).contains('\u{1b}'));
    let line = FoundLine { service: "agent".into(), ..line };
    assert!(shown(&line, &look).contains("  agent  a line"));
}
