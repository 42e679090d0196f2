#![allow(clippy::unwrap_used)]

use super::*;

fn put(step: &Value) -> Result<Value, String> {
    let step: StepSpec = serde_json::from_value(step.clone()).unwrap();
    let secrets = Secrets::from([
        ("deploy".to_owned(), Secret::SshKey { user: "git".to_owned(), key: "the key".to_owned() }),
        ("token".to_owned(), Secret::Simple("the token".to_owned())),
    ]);
    let mut fields = step.fields.clone();
    put_secrets(&step, &mut fields, &secrets)?;
    Ok(serde_json::to_value(fields).unwrap())
}

#[test]
fn a_name_gives_way_to_what_it_names() {
    let fields = put(&json!({"tool": "git", "ssh-key": "deploy", "access-token": "token", "checkout": "token"})).unwrap();
    assert_eq!(fields["ssh-key"], json!({"user": "git", "key": "the key"}));
    assert_eq!(fields["access-token"], "the token");
    assert_eq!(fields["checkout"], "token", "no other field names a secret");
}

#[test]
fn what_an_expression_filled_in_is_the_value() {
    let fields = put(&json!({"tool": "git", "access-token": "#{secrets.token}", "ssh-key": ""})).unwrap();
    assert_eq!((fields["access-token"].as_str(), fields["ssh-key"].as_str()), (Some("#{secrets.token}"), Some("")));
}

#[test]
fn a_secret_that_is_gone_is_named() {
    let why = put(&json!({"tool": "git", "ssh-key": "gone"})).unwrap_err();
    assert_eq!(why, "field `ssh-key`: there is no secret \"gone\": it was deleted, or has no value yet");
}
