#![allow(clippy::unwrap_used)]
use super::*;

fn line(text: &str) -> Line {
    Line { at: Moment::of_log(text.split(' ').next().unwrap()).unwrap(), text: text.to_owned() }
}

#[test]
fn the_beginning_of_a_request_is_its_end_less_its_duration() {
    let line = line("2023-11-14T22:13:20.250000Z DEBUG request{http.path=/x}: answered a request http.status=201 duration_ms=2.5");
    assert_eq!(line.began(), Moment::of_log("2023-11-14T22:13:20.247500Z"));
}
