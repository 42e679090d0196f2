//! Cutting never splits a character and never exceeds the limit.

use super::*;

#[test]
fn a_text_is_cut_between_characters_and_says_so() {
    assert_eq!(shorten("abc", 3), "abc");
    assert_eq!(shorten("abcd", 3), "ab…");
    assert_eq!(shorten("žluťoučký", 5), "žluť…");
    assert_eq!(shorten("🦑🦑🦑", 6), "🦑🦑🦑");
    assert_eq!(shorten("🦑🦑🦑", 5), "🦑🦑…");
    assert_eq!(shorten("🦑🦑🦑", 4), "🦑…");
    assert_eq!(shorten("🦑", 1), "…");
    assert_eq!(shorten("ab", 0), "");
    assert_eq!(shorten("", 0), "");
    for max in 0..12 {
        assert!(shorten("a🦑b🦑c🦑d", max).encode_utf16().count() <= max);
    }
}

#[test]
fn lines_become_one() {
    assert_eq!(one_line("  a\r\n\tb\u{0}c  "), "a b c");
    assert_eq!(first_line("\n\n Fix it \nbody"), "Fix it");
    assert_eq!(first_line(""), "");
}

#[test]
fn only_what_a_person_can_follow_is_a_link() {
    for good in ["https://ci.example.com/runs/1", "HTTP://x/y?z=1#a"] {
        assert_eq!(web_link(good), Some(good));
    }
    for bad in ["javascript:alert(1)", "ftp://x", "", "https://x y", "https://x\"onclick=", "é://", "https://x\n"] {
        assert_eq!(web_link(bad), None, "{bad}");
    }
}
