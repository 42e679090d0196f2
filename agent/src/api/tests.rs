#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn addresses_are_checked_before_anything_is_sent() {
    for wrong in ["", "ci.example.com", "ftp://ci.example.com", "http://"] {
        let error = Api::new(wrong).err().unwrap().to_string();
        assert!(error.contains(&format!("{wrong:?}")), "{error}");
    }
    assert_eq!(Api::new("http://127.0.0.1:8080").unwrap().address(), "http://127.0.0.1:8080/");
    assert_eq!(Api::new("http://host/kraken").unwrap().address(), "http://host/kraken/");
}

#[test]
fn a_broken_token_is_refused_without_being_shown() {
    let api = Api::new("http://127.0.0.1:1").unwrap();
    let error = api.with_token("kra\nken").err().unwrap().to_string();
    assert!(!error.contains("kra\nken"));
}
