//! `kraken-tool list`: what the built-in tools are.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::tools::{TOOLS, VERSION};

/// The mode's main function: prints a JSON array.
pub fn main() -> ExitCode {
    let tools: Vec<Value> = TOOLS
        .iter()
        .map(|tool| {
            let fields: Map<String, Value> = tool
                .fields
                .iter()
                .map(|(name, meaning)| {
                    let required = name.ends_with('*');
                    (name.trim_end_matches('*').to_owned(), json!({"required": required, "meaning": meaning}))
                })
                .collect();
            json!({"name": tool.name, "version": VERSION, "description": tool.description, "timeout_s": tool.timeout_s, "fields": fields})
        })
        .collect();
    println!("{:#}", Value::Array(tools));
    ExitCode::SUCCESS
}
