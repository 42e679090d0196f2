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

#[test]
fn a_word_is_looked_for_in_long_words_in_little_time() {
    let long = "y".repeat(1_000_000);
    assert!(!matches(&"y".repeat(1024), &long));
    assert!(matches(&"y".repeat(1024), &format!("{long} {} {long}", "Y".repeat(1024))));
    assert!(matches("y-y", &format!("{long}-y y-{long} y-y")));
}

#[test]
fn too_much_is_refused() {
    let refused = |text: Text| Matcher::new(&text).unwrap_err().to_string();
    let long = Text { words: vec!["y".repeat(1025)], ..Text::default() };
    assert_eq!(refused(long), "text: a word or phrase of 1025 bytes, expected at most 1024");
    let many = Text { words: vec!["y".into(); 60], phrases: vec!["z".into(); 5] };
    assert_eq!(refused(many), "text: 65 words and phrases, expected at most 64");
}
