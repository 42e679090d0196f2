#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;

fn step(fields: Value) -> Step {
    Step { fields: fields.as_object().unwrap().clone(), ..Step::default() }
}

#[test]
fn interpolated_text_serves_as_number_and_truth() {
    let step = step(json!({"timeout": "60", "depth": 1, "background": "True", "x": [1, "a"], "e": ""}));
    let fields = Fields::of(&step);
    assert_eq!(fields.number("timeout").unwrap(), Some(60));
    assert_eq!(fields.number("depth").unwrap(), Some(1));
    assert!(fields.truth("background").unwrap());
    assert_eq!(fields.texts("x").unwrap(), ["1", "a"]);
    assert_eq!(fields.text("e").unwrap(), None);
}

#[test]
fn an_error_names_field_value_and_expectation_but_no_secret() {
    let mut step = step(json!({"timeout": "soon"}));
    assert_eq!(Fields::of(&step).number("timeout").unwrap_err().to_string(), "field `timeout`: \"soon\" is not a whole number");
    step.sensitive.push("timeout".into());
    assert_eq!(Fields::of(&step).number("timeout").unwrap_err().to_string(), "field `timeout`: ****** is not a whole number");
}

#[test]
fn a_secret_is_a_text_or_has_a_user() {
    let step = step(json!({"a": "t", "b": {"username": "git", "key": "k"}, "c": {"user": "x"}}));
    let fields = Fields::of(&step);
    assert_eq!(fields.secret("a", &["key"]).unwrap().unwrap().value, "t");
    let b = fields.secret("b", &["key"]).unwrap().unwrap();
    assert_eq!((b.user.as_deref(), b.value.as_str()), (Some("git"), "k"));
    assert!(fields.secret("c", &["key"]).is_err());
}
