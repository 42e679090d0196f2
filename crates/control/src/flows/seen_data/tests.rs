use serde_json::json;

use super::*;

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
