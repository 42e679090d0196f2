#![allow(clippy::unwrap_used)]

use super::*;

fn matches(typed: &str, line: &str) -> bool {
    Matcher::new(&Text::parse(typed)).unwrap().matches(line.as_bytes())
}

#[test]
fn words_are_whole_and_phrases_are_not() {
    assert!(matches("error", "an Error: disk"));
    assert!(!matches("error", "errors, terror and error_7"));
    assert!(matches("\"rror\"", "TERRORS"));
    assert!(matches("error", "errors, then error"));
    assert!(matches("out-of-memory 0x1f", "killed 0x1F out-of-memory!"));
    assert!(!matches("out-of-memory", "without-of-memory"));
    assert!(matches("größe", "die größe."));
    assert!(!matches("gr", "größe"));
    assert!(matches("--flag", "run --flag=1"));
}

#[test]
fn all_of_it_must_be_there() {
    assert!(matches("disk full \"left on\"", "no space left on device: disk is FULL"));
    assert!(!matches("disk full \"right on\"", "no space left on device: disk is full"));
    assert!(matches("", "anything"));
    assert!(matches("\"\"", "anything"));
}

#[test]
fn what_is_special_elsewhere_is_plain_here() {
    assert!(matches("\"a.*(b\"", "xa.*(by"));
    assert!(!matches("\"a.*b\"", "a--b"));
}

#[test]
fn typed_text_is_words_and_quoted_phrases() {
    let text = Text::parse("one \"two  three\" four \"open end");
    assert_eq!(text.words, ["one", "four"]);
    assert_eq!(text.phrases, ["two  three", "open end"]);
}
