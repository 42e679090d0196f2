#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn entries_are_quoted() {
    let mut text = String::new();
    add(&mut text, "http.sslVerify", "false").unwrap();
    add(&mut text, "credential.https://git.example.org.helper", "!a \"b\" '\\n'").unwrap();
    assert_eq!(text, "[http]\n\tsslVerify = \"false\"\n[credential \"https://git.example.org\"]\n\thelper = \"!a \\\"b\\\" '\\\\n'\"\n");
    for wrong in ["nodot", "", "a.b\nc", "a b.c", "a."] {
        assert!(add(&mut text, wrong, "x").is_err(), "{wrong:?}");
    }
}
