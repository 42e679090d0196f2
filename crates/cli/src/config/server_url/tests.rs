#![allow(clippy::unwrap_used)]

use super::*;

fn url(text: &str) -> ServerUrl {
    text.parse().unwrap()
}

#[test]
fn paths_are_added_once() {
    assert_eq!(url("http://host:80/").join("/api/health"), "http://host/api/health");
    assert_eq!(url("https://host/kraken/").join("/api/health"), "https://host/kraken/api/health");
}

#[test]
fn odd_addresses_are_refused() {
    for text in ["", "host", "host:8411", "ftp://host", "http://user:secret@host", "http://host/?a", "http://host/#a"] {
        assert!(text.parse::<ServerUrl>().is_err(), "{text:?}");
    }
    let error = "http://user:hunter2@host".parse::<ServerUrl>().unwrap_err();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn the_names_of_this_machine_are_one_server() {
    assert!(url("http://localhost:8411").same_server(&url("http://127.0.0.1:8411/")));
    assert!(url("http://[::1]:8411").same_server(&url("http://127.0.0.1:8411")));
    assert!(!url("http://localhost:8411").same_server(&url("http://127.0.0.1:8412")));
    assert!(!url("http://a:8411").same_server(&url("http://b:8411")));
    assert!(url("http://[::1]:8411").is_loopback());
}
