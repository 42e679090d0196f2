#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn credentials_are_taken_out_of_an_address() {
    let address = Address::parse("https://me:p%40ss@git.example.org:8443/a/b.git").unwrap();
    assert_eq!(address.bare(), "https://git.example.org:8443/a/b.git");
    assert_eq!((address.user.as_deref(), address.password.as_deref()), (Some("me"), Some("p@ss")));
    assert_eq!(address.http_origin(), Some("https://git.example.org:8443"));
    assert_eq!(address.name(), "b");
}

#[test]
fn other_forms() {
    let scp = Address::parse("git@git.example.org:a/b.git").unwrap();
    assert_eq!((scp.bare(), scp.is_ssh(), scp.user.as_deref(), scp.name()), ("git@git.example.org:a/b.git", true, Some("git"), "b"));
    let path = Address::parse("/srv/repos/b/").unwrap();
    assert_eq!((path.is_ssh(), path.http_origin(), path.name()), (false, None, "b"));
    assert_eq!(Address::parse("ssh://git:x@h/p").unwrap().bare(), "ssh://git@h/p");
    assert_eq!(Address::parse("file:///srv/b").unwrap().bare(), "file:///srv/b");
    assert!(Address::parse("--upload-pack=evil").is_err());
}

#[test]
fn spellings_of_one_repository() {
    let address = Address::parse("git@Git.example.org:a/b.git").unwrap();
    for same in ["https://git.example.org/a/b", "https://t:x@git.example.org/a/b.git/", "ssh://git@git.example.org:2222/a/b"] {
        assert!(address.is_same_repository(same), "{same}");
    }
    for other in ["https://git.example.org/a/bb", "https://example.org/a/b", "/a/b"] {
        assert!(!address.is_same_repository(other), "{other}");
    }
    assert!(Address::parse("/srv/b").unwrap().is_same_repository("file:///srv/b.git"));
}
