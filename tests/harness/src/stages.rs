//! Small stages for stories.

use std::fmt::Write;

use serde_json::{Value, json};

/// The code of a stage that returns exactly this.
pub fn code(stage: &Value) -> String {
    let mut literal = String::new();
    write_literal(stage, &mut literal);
    format!("def stage(ctx):\n    return {literal}\n")
}

/// A job `name` for any agent, made of these steps.
pub fn job(name: &str, steps: &[Value]) -> Value {
    json!({"name": name, "steps": steps, "environments": [{"system": "any", "agents_group": "all"}]})
}

/// A root stage with one job `job` for any agent, made of these steps.
pub fn stage(steps: &[Value]) -> String {
    code(&json!({"parent": "root", "jobs": [job("job", steps)]}))
}

/// A root stage whose only step runs `cmd` in a shell.
pub fn shell(cmd: &str) -> String {
    stage(&[json!({"tool": "shell", "cmd": cmd})])
}

/// A stage that starts when `parent` is done, whose only step runs `cmd` in a shell.
pub fn child(parent: &str, cmd: &str) -> String {
    let steps = [json!({"tool": "shell", "cmd": cmd})];
    code(&json!({"parent": parent, "triggers": {"parent": true}, "jobs": [job("job", &steps)]}))
}

/// JSON as Starlark spells it: only three words differ.
fn write_literal(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => {
            let _infallible = write!(out, "{number}");
        }
        Value::String(_) => {
            let _infallible = write!(out, "{value}");
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_literal(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (key, value) in fields {
                let _infallible = write!(out, "{}:", Value::from(key.as_str()));
                write_literal(value, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}
