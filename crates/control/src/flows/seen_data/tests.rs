#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;
use crate::Spec;

#[test]
fn only_what_is_filled_in_can_show_data() {
    for shows in [
        json!([{"tool": "shell", "cmd": "echo #{flow.data.x}"}]),
        json!([{"tool": "shell", "cmd": "true", "env": {"A": ["x", "#{ branch['data_ci'] }"]}}]),
        json!([{"tool": "shell", "cmd": "true", "when": "flow.data.go"}]),
    ] {
        assert!(texts_speak_of_data(&shows), "{shows}");
    }
    for shows_not in [
        json!([{"tool": "data", "value": 1, "scope": "flow"}]),
        json!([{"tool": "shell", "cmd": "ls data", "when": "always"}, {"tool": "shell", "cmd": "echo #{args.to}"}]),
    ] {
        assert!(!texts_speak_of_data(&shows_not), "{shows_not}");
    }
}

#[test]
fn what_a_run_began_with_keeps_its_data_and_is_stored_as_before_without_any() {
    let before = json!({"code": "c", "schema": {}});
    let spec: Spec = serde_json::from_value(before.clone()).unwrap();
    assert_eq!((&spec.data, serde_json::to_value(&spec).unwrap()), (&None, before));
    let data = SeenData { branch_ci: json!({"n": [1]}), ..SeenData::default() };
    let begun = Spec { data: Some(data), ..spec };
    assert_eq!(serde_json::from_str::<Spec>(&serde_json::to_string(&begun).unwrap()).unwrap(), begun);
}
