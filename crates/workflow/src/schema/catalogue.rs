//! The built-in tools as data, each with the JSON Schema (draft 2020-12) of its own fields: what a form for a step is made of.

use serde_json::{Map, Value, json};

use super::{
    json_schema::value,
    table::{Field, STEP},
    tools::{TOOLS, Tool},
};

/// A tool and what a step of it may say, beside what every step may.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolFields {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The schema of its own fields. What is optional may be absent, and is not null.
    pub schema: Value,
    /// Limit of one attempt in seconds, where the step says none; `None`: the job's limit holds.
    pub timeout_s: Option<u32>,
}

/// The built-in tools, in the order of the documentation.
pub fn tool_catalogue() -> Vec<ToolFields> {
    let fields_of = |tool: &Tool| ToolFields {
        name: tool.name,
        description: tool.doc,
        schema: schema_of(tool.fields, tool.one_of, tool.open),
        timeout_s: tool.timeout_s,
    };
    TOOLS.iter().map(fields_of).collect()
}

/// The schema of what every step may say.
pub fn step_fields_schema() -> Value {
    schema_of(STEP, &[], false)
}

fn schema_of(fields: &[Field], one_of: &[&[&str]], open: bool) -> Value {
    let property = |field: &Field| {
        let mut schema = value(field.kind);
        schema["description"] = json!(field.doc);
        (field.key.to_owned(), schema)
    };
    let properties: Map<String, Value> = fields.iter().map(property).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    let mut schema = json!({"type": "object", "properties": properties, "required": required, "additionalProperties": open});
    if !one_of.is_empty() {
        let any = |group: &&[&str]| json!({"anyOf": group.iter().map(|key| json!({"required": [key]})).collect::<Vec<_>>()});
        schema["allOf"] = one_of.iter().map(any).collect();
    }
    schema
}

#[cfg(test)]
mod tests;
