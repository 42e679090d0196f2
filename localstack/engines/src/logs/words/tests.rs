#![allow(clippy::unwrap_used)]

use super::*;

fn hashes(text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    each_word(text.as_bytes(), |hash| hashes.push(hash));
    hashes
}

#[test]
fn words_end_at_anything_else_and_ignore_ascii_case() {
    assert_eq!(hashes("Error: can't OPEN /var/log_1"), hashes("error can t open var LOG_1"));
    assert_eq!(hashes("größe-3"), hashes("größe 3"));
    assert!(hashes(" -:/ ").is_empty());
}

#[test]
fn a_phrase_promises_only_the_words_it_shows_whole() {
    assert_eq!(whole_words(b"nection refused by pe"), hashes("refused by"));
    assert_eq!(whole_words(b" refused "), hashes("refused"));
    assert_eq!(whole_words(b"part/"), Vec::<u64>::new());
    assert!(whole_words(b"part").is_empty());
    assert!(whole_words(b"").is_empty());
}

#[test]
fn a_value_differs_by_field_and_from_the_word() {
    let job = exact(Field::Job, "abc");
    assert_ne!(job, exact(Field::Flow, "abc"));
    assert_ne!(job, hashes("abc")[0]);
    assert_ne!(exact(Field::Job, "ABC"), job);
}

#[test]
fn a_filter_is_asked_only_for_words_that_must_be_there() {
    let words = |typed: &str| words_of(&Text::parse(typed)).len();
    assert_eq!(words("out-of-memory"), 3);
    assert_eq!(words("\"nection refused by pe\""), 2);
    assert_eq!(words("\"rror\""), 0);
}
