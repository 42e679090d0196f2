//! The published JSON Schema (draft 2020-12) of stages, written from the tables: what editors complete and check by.

use serde_json::{Map, Value, json};

use super::{
    table::{CONFIG, Field, Kind, STAGE, STEP},
    tools::{TOOLS, Tool, builtin_versions},
};

/// The JSON Schema of what `stage(ctx)` returns.
///
/// It holds a stage to its shape; what JSON Schema cannot say (names that are unique, parents that exist, expressions that
/// can be read) is only in [`crate::check`].
pub fn workflow_schema() -> Value {
    let mut schema = object(STAGE);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Kraken stage");
    schema["description"] = json!("What the function stage(ctx) of a stage's code returns.");
    schema
}

fn object(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.key.to_owned(), property(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn property(field: &Field) -> Value {
    let mut schema = value(field.kind);
    if !field.required {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    schema["description"] = json!(field.doc);
    schema
}

/// What a value of that kind is.
pub(super) fn value(kind: Kind) -> Value {
    let name = || json!({"type": "string", "minLength": 1});
    let template = || json!({"type": "string", "pattern": "#\\{"});
    match kind {
        Kind::Text => json!({"type": "string"}),
        // JSON Schema's own `duration` is another thing (ISO 8601), so what is meant is shown.
        Kind::Duration => json!({"type": "string", "examples": ["10m", "3h 30m", "1d"]}),
        Kind::Date => {
            json!({"type": "string", "examples": ["2030-01-19 17:21:00", "2030-01-19T17:21:00+01:00", "Sat, 19 Jan 2030 17:21:00 +0000"]})
        }
        Kind::Cron => json!({"type": "string", "examples": ["30 2 * * mon-fri"]}),
        Kind::TimeZone => json!({"type": "string", "examples": ["Europe/Warsaw"]}),
        Kind::Expression => json!({"type": "string", "examples": ["prev_ok and is_ci"]}),
        Kind::Name => name(),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::BoolText => json!({"anyOf": [{"type": "boolean"}, template()]}),
        Kind::Whole(least) => whole(least),
        Kind::WholeText(least) => json!({"anyOf": [whole(least), template(), {"type": "string", "pattern": "^[0-9]+$"}]}),
        Kind::DurationOrSeconds => json!({"anyOf": [value(Kind::Duration), whole(1)]}),
        Kind::OneOrMany => json!({"anyOf": [name(), {"type": "array", "items": name(), "minItems": 1}]}),
        Kind::Names => json!({"type": "array", "items": name()}),
        Kind::OneOf(choices) => json!({"enum": choices}),
        Kind::SomeOf(choices) => json!({"type": "array", "items": {"enum": choices}}),
        Kind::Texts => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Scalars => scalars(),
        Kind::Object(fields) => object(fields),
        Kind::Objects(fields) => json!({"type": "array", "items": object(fields)}),
        Kind::Configs => {
            let mut config = object(CONFIG);
            config["additionalProperties"] = scalars()["additionalProperties"].take();
            json!({"type": "array", "items": config})
        }
        Kind::Steps => json!({"type": "array", "items": step()}),
        Kind::BoolOr(fields) => json!({"anyOf": [{"type": "boolean"}, object(fields)]}),
        Kind::Recipients(fields) => json!({"anyOf": [value(Kind::OneOrMany), object(fields)]}),
        Kind::Any => json!({}),
    }
}

fn whole(least: u64) -> Value {
    json!({"type": "integer", "minimum": least, "maximum": u32::MAX})
}

fn scalars() -> Value {
    json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})
}

/// One alternative for each built-in tool, and one for all others.
fn step() -> Value {
    let mut alternatives: Vec<Value> = TOOLS.iter().map(step_of).collect();
    let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    let mut other = object(STEP);
    other["additionalProperties"] = json!(true);
    other["title"] = json!("a tool of one's own");
    other["not"] = json!({"properties": {"tool": {"pattern": format!("^({})(@.*)?$", names.join("|"))}}});
    alternatives.push(other);
    json!({"oneOf": alternatives})
}

fn step_of(tool: &Tool) -> Value {
    let mut schema = object(STEP);
    if let (Some(properties), Value::Object(own)) = (schema["properties"].as_object_mut(), object(tool.fields)["properties"].take()) {
        properties.extend(own);
    }
    let required: Vec<&str> = STEP.iter().chain(tool.fields).filter(|field| field.required).map(|field| field.key).collect();
    schema["required"] = json!(required);
    schema["title"] = json!(tool.name);
    schema["description"] = json!(tool.doc);
    schema["additionalProperties"] = json!(tool.open);
    let versions = builtin_versions().join("|").replace('.', "\\.");
    schema["properties"]["tool"] = json!({"type": "string", "pattern": format!("^{}(@({versions}))?$", tool.name)});
    if let Some(timeout_s) = tool.timeout_s {
        schema["properties"]["timeout"]["default"] = json!(timeout_s);
    }
    if !tool.one_of.is_empty() {
        let groups = tool.one_of.iter().map(|group| {
            let any: Vec<Value> = group.iter().map(|key| json!({"required": [key]})).collect();
            json!({"anyOf": any})
        });
        schema["allOf"] = groups.collect();
    }
    schema
}
