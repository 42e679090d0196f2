#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn redacted(secrets: &[&str], chunks: &[&[u8]]) -> Vec<u8> {
    let mut redactor = Redactor::new(secrets.iter().copied());
    let mut out = Vec::new();
    let mut keep = |bytes: &[u8]| -> Result<(), Infallible> {
        out.extend_from_slice(bytes);
        Ok(())
    };
    for chunk in chunks {
        redactor.feed(chunk, &mut keep).unwrap();
    }
    redactor.flush(&mut keep).unwrap();
    out
}

fn text(secrets: &[&str], text: &str) -> String {
    String::from_utf8(redacted(secrets, &[text.as_bytes()])).unwrap()
}

const KEY: &str = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n9w0BAQEFAASCBKcw\nab\n-----END KEY-----\n";

#[test]
fn a_value_is_replaced_and_nothing_else() {
    assert_eq!(text(&["hunter2"], "login root hunter2; hunter hunter22"), "login root ******; hunter ******2");
}

#[test]
fn a_value_that_ends_a_chunk_half_is_held_back_until_the_rest_came() {
    assert_eq!(redacted(&["hunter2"], &[b"a hunt", b"er", b"2 b"]), b"a ****** b");
    assert_eq!(redacted(&["hunter2"], &[b"a hunt", b"ing"]), b"a hunting");
}

#[test]
fn values_that_overlap_are_replaced_as_one() {
    assert_eq!(text(&["abcdef", "defghi"], "xabcdefghiy"), "x******y");
    assert_eq!(redacted(&["abab"], &[b"xabab", b"ab", b"y"]), b"x******y");
}

#[test]
fn a_value_of_several_lines_is_found_whole_and_line_by_line() {
    assert_eq!(text(&[KEY], &format!("key:\n{KEY}end")), "key:\n******end");
    assert_eq!(text(&[KEY], "+ 9w0BAQEFAASCBKcw\n+ ab\r\n  -----BEGIN KEY-----\r\n"), "+ ******\n+ ab\r\n  ******\r\n");
}

#[test]
fn base64_is_found_alone_inside_something_longer_and_broken_into_lines() {
    let header = STANDARD.encode("somebody:correct horse");
    let shown = text(&["correct horse"], &format!("Authorization: Basic {header}"));
    assert!(shown.contains(MASK), "{shown}");
    assert!(!shown.contains(&STANDARD.encode("correct horse")[2..10]), "{shown}");

    let encoded = STANDARD.encode(KEY);
    let broken: Vec<&str> = (0..encoded.len()).step_by(76).map(|at| &encoded[at..(at + 76).min(encoded.len())]).collect();
    assert!(broken.len() > 1);
    assert_eq!(text(&[KEY], &format!("{}\n{}\n", broken[0], broken[1])), "******\n******\n");
}

#[test]
fn without_secrets_chunks_go_through_untouched_and_uncopied() {
    let chunk = [0, 159, 146, 150, b'\n'];
    let mut redactor = Redactor::new([""]);
    let mut same = false;
    let Ok(()) = redactor.feed(&chunk, &mut |bytes: &[u8]| -> Result<(), Infallible> {
        same = std::ptr::eq(bytes.as_ptr(), chunk.as_ptr()) && bytes.len() == chunk.len();
        Ok(())
    });
    assert!(same);
}

#[test]
fn texts_and_values_can_be_asked_too() {
    let redactor = Redactor::new(["hunter2"]);
    assert_eq!(redactor.text("cannot log in with hunter2"), "cannot log in with ******");
    assert!(redactor.is_in(&json!({"a": [1, {"b": "x hunter2"}]})));
    assert!(!redactor.is_in(&json!({"a": [1, {"b": "x hunter"}]})));
}

proptest! {
    /// Small alphabets make values overlap, repeat and end on every border.
    #[test]
    fn chunking_never_changes_what_comes_out(
        secrets in prop::collection::vec("[ab\n]{1,6}", 1..4),
        input in "[ab\nc]{0,60}",
        cuts in prop::collection::vec(0_usize..60, 0..12),
    ) {
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let whole = redacted(&secrets, &[input.as_bytes()]);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(input.len())).chain([0, input.len()]).collect();
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &input.as_bytes()[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&redacted(&secrets, &chunks), &whole);
        for secret in secrets.iter().filter(|secret| !secret.trim().is_empty()) {
            prop_assert!(!String::from_utf8_lossy(&whole).contains(secret));
        }
    }
}
