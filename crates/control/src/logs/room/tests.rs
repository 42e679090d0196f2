#![allow(clippy::unwrap_used)]

use kraken_domain::Timestamp;
use kraken_protocol::log::LINE_BYTES_MAX;

use super::*;

fn line(text: &str) -> LogLine {
    LogLine { number: 9_999_999, time: Timestamp::MAX, text: text.to_owned() }
}

/// As it travels: the answer's JSON as a text in JSON.
fn on_its_way(lines: &[LogLine]) -> usize {
    serde_json::to_string(&serde_json::to_string(lines).unwrap()).unwrap().len()
}

fn taken(text: &str) -> Vec<LogLine> {
    let mut room = Room::default();
    std::iter::repeat_with(|| line(text)).take(10_000).map_while(|line| room.take(line)).collect()
}

#[test]
fn the_worst_lines_fit_and_the_first_always_comes() {
    for text in ["\u{1}", "\"\\", "é", "\u{fffd}", "x"] {
        for length in [1, 100, 65_536, LINE_BYTES_MAX] {
            let lines = taken(&text.repeat(length / text.len().min(length)));
            assert!(!lines.is_empty());
            assert!(on_its_way(&lines) <= ANSWER_BYTES_MAX, "{} lines of {length} bytes of {text:?}: {}", lines.len(), on_its_way(&lines));
        }
    }
}

#[test]
fn short_lines_come_as_many_as_are_asked_for() {
    assert_eq!(taken("").len(), 10_000);
    assert_eq!(taken(&"x".repeat(100)).len(), 10_000);
}

#[test]
fn only_a_line_that_could_never_be_shown_is_cut() {
    let whole = "x".repeat(LINE_BYTES_MAX);
    assert_eq!(taken(&whole)[0].text, whole);
    let cut = &taken(&"\u{1}".repeat(LINE_BYTES_MAX))[0].text;
    assert!(cut.ends_with(CUT) && cut.len() > 400_000, "{}", cut.len());
}
