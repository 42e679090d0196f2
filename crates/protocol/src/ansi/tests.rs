use super::*;

#[test]
fn colours_titles_and_bells_go_and_words_stay_together() {
    for (line, text) in [
        ("plain ü \t text", "plain ü \t text"),
        ("\u{1b}[1;31mer\u{1b}[0mror\u{1b}[K", "error"),
        ("\u{1b}]0;title\u{7}after", "after"),
        ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("\u{1b}(Bcharset \u{1b}7saved", "charset saved"),
        ("progress 1\rprogress 2", "progress 1progress 2"),
        ("bell\u{7} back\u{8}space \u{7f}", "bell backspace "),
    ] {
        assert_eq!(stripped(line.as_bytes()), text, "{line:?}");
    }
}

#[test]
fn what_is_broken_off_eats_no_more_than_itself() {
    for (line, text) in
        [("a\u{1b}", "a"), ("a\u{1b}[12", "a"), ("a\u{1b}[12\u{1b}[0mb", "ab"), ("a\u{1b}]title", "a"), ("a\u{1b}üb", "aüb")]
    {
        assert_eq!(stripped(line.as_bytes()), text, "{line:?}");
    }
    assert_eq!(stripped(b"a\xffb"), "a\u{fffd}b");
}
