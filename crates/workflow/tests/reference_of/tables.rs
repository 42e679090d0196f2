//! Tables of Markdown, from the published JSON Schema.

use std::fmt::Write;

use kraken_workflow::ContextField;
use serde_json::{Map, Value};

/// The names of a part of the context.
pub(crate) fn fields(fields: &[ContextField]) -> String {
    let mut text = String::from("| name | what it is |\n|---|---|\n");
    for field in fields {
        writeln!(text, "| `{}` | {} |", field.path, field.doc).unwrap();
    }
    text
}

/// Every key of a stage, level by level, without what the tools add.
pub(crate) fn keys(schema: &Value) -> String {
    let mut text = String::from("| key | value | meaning |\n|---|---|---|\n");
    rows(schema, "", &mut text);
    text
}

/// The tools, each with what only its steps may say.
pub(crate) fn tools(schema: &Value) -> String {
    let steps = schema["properties"]["jobs"]["items"]["properties"]["steps"]["items"]["oneOf"].as_array().unwrap();
    let of_all = own(steps);
    let mut text = String::new();
    for tool in steps.iter().filter(|tool| tool["not"].is_null()) {
        let limit = tool["properties"]["timeout"]["default"].as_u64();
        let limit = limit.map(|seconds| format!(" One attempt may take {seconds} s unless `timeout` says otherwise.")).unwrap_or_default();
        writeln!(text, "### {}\n\n{}{limit}{}\n", tool["title"].as_str().unwrap(), tool["description"].as_str().unwrap(), choice(tool))
            .unwrap();
        let fields = tool["properties"].as_object().unwrap().iter().filter(|(key, _)| !of_all.contains_key(*key));
        let mut table = String::new();
        for (key, field) in fields {
            row(key, field, is_required(tool, key), &mut table);
            below(field, key, &mut table);
        }
        if !table.is_empty() {
            writeln!(text, "| field | value | meaning |\n|---|---|---|\n{table}").unwrap();
        }
    }
    text.trim_end().to_owned() + "\n"
}

/// The keys that the steps of all tools may have.
fn own(steps: &[Value]) -> &Map<String, Value> {
    let any = steps.iter().find(|tool| tool["not"].is_object()).expect("there is an alternative for tools of one's own");
    any["properties"].as_object().unwrap()
}

/// What a tool cannot do without, where there is a choice, and whether it takes anything else.
fn choice(tool: &Value) -> String {
    let mut text = String::new();
    for group in tool["allOf"].as_array().into_iter().flatten() {
        let keys: Vec<String> =
            group["anyOf"].as_array().unwrap().iter().map(|key| format!("`{}`", key["required"][0].as_str().unwrap())).collect();
        write!(text, " It needs {}.", keys.join(" or ")).unwrap();
    }
    if tool["additionalProperties"] == true {
        text.push_str(" Everything else that the step says is given to it.");
    }
    text
}

fn is_required(object: &Value, key: &str) -> bool {
    object["required"].as_array().into_iter().flatten().any(|required| required == key)
}

fn rows(object: &Value, at: &str, text: &mut String) {
    for (key, property) in object["properties"].as_object().into_iter().flatten() {
        let path = format!("{at}{key}");
        row(&path, property, is_required(object, key), text);
        below(property, &path, text);
    }
}

/// The rows of what stands in an object, or in the objects of a list.
fn below(property: &Value, path: &str, text: &mut String) {
    for alternative in property["anyOf"].as_array().into_iter().flatten() {
        below(alternative, path, text);
    }
    let items = &property["items"];
    if let Some(steps) = items["oneOf"].as_array() {
        for (key, field) in own(steps) {
            row(&format!("{path}[].{key}"), field, key == "tool", text);
        }
    }
    rows(property, &format!("{path}."), text);
    rows(items, &format!("{path}[]."), text);
}

fn row(path: &str, property: &Value, required: bool, text: &mut String) {
    let star = if required { " \\*" } else { "" };
    let words = words(property).join(", or ");
    writeln!(text, "| `{path}`{star} | {words} | {} |", property["description"].as_str().unwrap_or_default()).unwrap();
}

/// What a value may be, in words.
fn words(schema: &Value) -> Vec<String> {
    if let Some(all) = schema["anyOf"].as_array() {
        let mut found = Vec::new();
        for word in all.iter().filter(|one| one["type"] != "null").flat_map(words) {
            if !found.contains(&word) {
                found.push(word);
            }
        }
        return found;
    }
    if let Some(choices) = schema["enum"].as_array() {
        let choices: Vec<String> = choices.iter().map(|choice| format!("`{}`", choice.as_str().unwrap())).collect();
        return vec![choices.join(", ")];
    }
    let example = schema["examples"][0].as_str().map(|example| format!(" like `{example}`")).unwrap_or_default();
    vec![match schema["type"].as_str() {
        Some("string") if schema["pattern"] == "#\\{" => "text with `#{}`".to_owned(),
        Some("string") if schema["pattern"] == "^[0-9]+$" => "text of digits".to_owned(),
        Some("string") => format!("text{example}"),
        Some("boolean") => "`True` or `False`".to_owned(),
        Some("integer") => format!("whole number from {}", schema["minimum"]),
        Some("array") => format!("list of: {}", words(&schema["items"]).join(", or ")),
        Some("object") if schema["properties"].is_object() => "object".to_owned(),
        Some("object") => format!("object of: {}", words(&schema["additionalProperties"]).join(", or ")),
        _ if schema["oneOf"].is_array() => "step".to_owned(),
        _ if schema["type"].is_array() => "text, number, `True` or `False`".to_owned(),
        _ => "anything".to_owned(),
    }]
}
