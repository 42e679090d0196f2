#![allow(clippy::unwrap_used)]

use kraken_protocol::api::{NewSecret, NewSettings, SignIn};
use serde::de::DeserializeOwned;

use super::unquoted;

fn said<T: DeserializeOwned>(body: &str) -> String {
    unquoted(&serde_json::from_str::<T>(body).err().unwrap())
}

#[test]
fn what_is_said_of_a_body_with_secrets_quotes_none_of_its_values() {
    let said = [
        said::<NewSecret>(r#"{"kind": "simple", "value": 31337}"#),
        said::<NewSecret>(r#"{"kind": "31337", "value": "x"}"#),
        said::<NewSecret>(r#"{"kind": "user_password", "user": {"31337": 1}, "password": "x"}"#),
        said::<NewSecret>(r#"{"kind": "simple", "value": "31337", "note": 31337}"#),
        said::<SignIn>(r#"{"code": 31337}"#),
        said::<SignIn>(r#""31337""#),
        said::<SignIn>(r#"{"code": "31337"} 31337"#),
        said::<SignIn>(r#"{"code": 31337, expected 31337"#),
        said::<NewSettings>(r#"{"smtp": {"server": "x", "from": "x", "password": 31337}}"#),
        said::<NewSettings>(r#"{"slack": "31337"}"#),
        said::<NewSettings>(r#"{"smtp": {"security": "31337, expected 31337"}}"#),
    ];
    for said in said {
        assert!(!said.contains("31337"), "{said}");
    }
}

#[test]
fn what_was_expected_is_still_said() {
    assert!(said::<SignIn>(r#"{"code": 1}"#).starts_with("expected a string at line 1"));
    assert!(said::<SignIn>("{}").starts_with("missing field `code`"));
    assert!(said::<NewSecret>(r#"{"kind": "x"}"#).contains("`simple`, `ssh_key`, `user_password`"));
}
