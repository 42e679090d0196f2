#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

fn matches(pattern: Value, event: &Value) -> bool {
    Pattern::parse(&pattern.to_string()).unwrap().matches(event)
}

fn event() -> Value {
    json!({"source": "kraken", "detail-type": "run.completed", "resources": ["a", "b"], "detail": {"run": {"id": 7}, "ok": true}})
}

#[test]
fn each_named_field_must_have_one_of_its_values() {
    assert!(matches(json!({"source": ["other", "kraken"]}), &event()));
    assert!(matches(json!({"source": ["kraken"], "detail-type": [{"prefix": "run."}]}), &event()));
    assert!(!matches(json!({"source": ["kraken"], "detail-type": [{"prefix": "job."}]}), &event()));
    assert!(!matches(json!({"source": ["Kraken"]}), &event()));
    assert!(!matches(json!({"absent": ["x"]}), &event()));
}

#[test]
fn details_and_lists_are_looked_into() {
    assert!(matches(json!({"detail": {"run": {"id": [7]}, "ok": [true, false]}}), &event()));
    assert!(!matches(json!({"detail": {"run": {"id": ["7"]}}}), &event()));
    assert!(!matches(json!({"source": {"run": ["x"]}}), &event()));
    assert!(matches(json!({"resources": ["b"]}), &event()));
    assert!(!matches(json!({"resources": ["c"]}), &event()));
}

#[test]
fn the_empty_pattern_wants_everything() {
    assert!(Pattern::all().matches(&event()));
    assert!(matches(json!({}), &event()));
}

#[test]
fn what_is_not_understood_is_refused_with_its_field() {
    for (pattern, field) in [
        (json!({"source": "kraken"}), "source"),
        (json!({"source": []}), "source"),
        (json!({"detail": {"state": [{"anything-but": "x"}]}}), "detail.state"),
        (json!({"detail": {"state": [{"prefix": "x", "suffix": "y"}]}}), "detail.state"),
        (json!(["x"]), "the pattern"),
    ] {
        let refusal = Pattern::parse(&pattern.to_string()).unwrap_err();
        assert!(refusal.to_string().starts_with(&format!("event pattern: {field}: ")), "{refusal}");
    }
    assert!(Pattern::parse("{").is_err());
}
