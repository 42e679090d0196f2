#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn debug_shows_the_kind_and_never_the_value() {
    let secrets = [
        Secret::Simple("hunter2hunter2".into()),
        Secret::SshKey { user: "hunter2hunter2".into(), key: "hunter2hunter2".into() },
        Secret::UserPassword { user: "hunter2hunter2".into(), password: "hunter2hunter2".into() },
    ];
    for secret in secrets {
        let shown = format!("{secret:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains(MASK), "{shown}");
    }
}

#[test]
fn a_typed_out_value_is_masked_and_a_short_one_left() {
    let secrets = Secrets::from([("token".to_owned(), Secret::Simple("s3cr3t".into())), ("pin".to_owned(), Secret::Simple("12".into()))]);
    assert_eq!(mask_values("a s3cr3t and 12 s3cr3t".into(), &secrets), "a ****** and 12 ******");
}
