#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn tokens_come_back() {
    for marker in [Marker::Start, Marker::Key("a/ü%".to_owned()), Marker::Prefix("a/".to_owned())] {
        assert_eq!(from_token(&to_token(&marker)).unwrap(), marker);
    }
    for nonsense in ["", "!", "eA", "w78"] {
        assert!(from_token(nonsense).is_err(), "{nonsense}");
    }
}

#[test]
fn encoding_keeps_slashes_only() {
    assert_eq!(percent_encode("a b/ü+%\u{1}~"), "a%20b/%C3%BC%2B%25%01~");
}
