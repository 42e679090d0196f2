use super::*;

#[test]
fn colours_need_a_terminal_and_nobody_against_them() {
    assert!(Paint::choose(true, false, None, Some("xterm")).is_on());
    assert!(Paint::choose(true, false, Some(""), None).is_on());
    assert!(!Paint::choose(false, false, None, Some("xterm")).is_on());
    assert!(!Paint::choose(true, true, None, Some("xterm")).is_on());
    assert!(!Paint::choose(true, false, Some("1"), Some("xterm")).is_on());
    assert!(!Paint::choose(true, false, None, Some("dumb")).is_on());
}

#[test]
fn nobody_elses_text_moves_the_cursor() {
    assert_eq!(Text::plain("a\x1b[2Jb\nc").painted(Paint::off()), "a [2Jb c");
}

#[test]
fn a_line_is_cut_by_columns_not_by_bytes_or_colours() {
    let line = Line::new().with(Text::new("äöü", Tone::Good)).with(Text::plain(" and more"));
    assert_eq!(line.painted(Paint::off(), 5), "äöü a");
    assert_eq!(line.painted(Paint { on: true }, 2), "\x1b[32mäö\x1b[0m");
}
