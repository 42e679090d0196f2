#![allow(clippy::unwrap_used)]

use kraken_domain::{
    StageId, Timestamp,
    record::{Parameter, Stage},
};
use serde_json::{Value, json};

use super::{BYTES_MAX, merged, of_schema};

fn stage(name: &str, parent: &str, parameters: Value) -> Stage {
    let id = "01kjm8p00000000000000000s1".parse::<StageId>().unwrap();
    serde_json::from_value(json!({
        "id": id, "branch": "01kjm8p00000000000000000b1", "project": "01kjm8p00000000000000000p1", "name": name, "enabled": true,
        "created_at": Timestamp::UNIX_EPOCH, "updated_at": Timestamp::UNIX_EPOCH, "code_sha256": "",
        "parents": if parent == "root" { vec![] } else { vec![parent] }, "starts_with_parent": true, "parameters": parameters,
    }))
    .unwrap()
}

#[test]
fn parameters_of_one_name_are_one_with_what_all_agree_on() {
    let build = stage(
        "build",
        "root",
        json!([
            {"name": "level", "type": "string", "default": "1", "choices": ["1", "2", "3"]},
            {"name": "who", "type": "string", "default": "me"},
        ]),
    );
    let lint = stage(
        "lint",
        "root",
        json!([
            {"name": "level", "type": "string", "default": "2", "description": "How deep.", "choices": ["3", "2"]},
            {"name": "who", "type": "string", "default": "me", "choices": ["me", "you"]},
        ]),
    );
    let merged = serde_json::to_value(merged([&build, &lint])).unwrap();
    let expected = json!([
        {
            "name": "level", "type": "string", "description": "How deep.", "choices": ["2", "3"],
            "stages": [{"stage": "build", "default": "1"}, {"stage": "lint", "default": "2"}],
        },
        {
            "name": "who", "type": "string", "default": "me", "description": "", "choices": ["me", "you"],
            "stages": [{"stage": "build", "default": "me"}, {"stage": "lint", "default": "me"}],
        },
    ]);
    assert_eq!(merged, expected);
}

#[test]
fn only_stages_that_start_with_a_flow_are_asked() {
    let asks = json!([{"name": "level", "type": "string"}]);
    let child = stage("child", "build", asks.clone());
    let disabled = Stage { enabled: false, ..stage("disabled", "root", asks.clone()) };
    let by_clock = Stage { starts_with_parent: false, ..stage("nightly", "root", asks) };
    assert_eq!(merged([&child, &disabled, &by_clock]), []);
}

#[test]
fn the_first_parameters_that_fit_are_kept_counted_as_they_are_written() {
    let schema = |parameters: &[(&str, String)]| {
        let parameters: Vec<Value> = parameters.iter().map(|(name, text)| json!({"name": name, "description": text})).collect();
        kraken_workflow::StageSchema::from_value(&json!({"parent": "root", "jobs": [], "parameters": parameters})).unwrap()
    };
    let kept = of_schema(&schema(&[("n", "x".repeat(1000))]));
    assert_eq!(kept, [Parameter { name: "n".into(), kind: "string".into(), description: "x".repeat(1000), ..Parameter::default() }]);
    let names = |parameters: &[(&str, String)]| of_schema(&schema(parameters)).into_iter().map(|kept| kept.name).collect::<Vec<_>>();
    assert_eq!(names(&[("a", String::new()), ("b", "x".repeat(BYTES_MAX)), ("c", String::new())]), ["a"]);
    // Written, each of these has six bytes.
    assert_eq!(names(&[("a", "\u{1}".repeat(BYTES_MAX / 6))]), [""; 0]);
}
