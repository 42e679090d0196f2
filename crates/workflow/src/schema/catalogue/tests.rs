#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

#[test]
fn every_tool_is_there_with_all_its_fields() {
    let catalogue = tool_catalogue();
    assert_eq!(catalogue.len(), TOOLS.len());
    for (told, tool) in catalogue.iter().zip(TOOLS) {
        let properties = told.schema["properties"].as_object().unwrap();
        assert!(tool.fields.iter().all(|field| properties.contains_key(field.key)), "{}", tool.name);
        assert_eq!(properties.len(), tool.fields.len(), "{}", tool.name);
        assert!(!told.description.is_empty());
    }
}

#[test]
fn a_form_can_be_made_of_a_tool() {
    let shell = tool_catalogue().into_iter().find(|tool| tool.name == "shell").unwrap();
    assert_eq!(shell.timeout_s, Some(60));
    assert_eq!(shell.schema["properties"]["cmd"], json!({"type": "string", "description": "The command."}));
    assert_eq!(shell.schema["allOf"], json!([{"anyOf": [{"required": ["cmd"]}, {"required": ["script"]}]}]));
    let git = tool_catalogue().into_iter().find(|tool| tool.name == "git").unwrap();
    assert_eq!(git.schema["required"], json!(["checkout"]));
    assert_eq!(step_fields_schema()["required"], json!(["tool"]));
}
