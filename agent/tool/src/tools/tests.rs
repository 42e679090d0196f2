use super::*;

#[test]
fn a_tool_is_found_by_name_and_version() {
    assert!(find("shell").is_ok());
    assert!(find(&format!("git@{VERSION}")).is_ok());
    assert!(find("git@0").is_ok());
    for unknown in ["shel", "shell@99", "shell@0.10000"] {
        let message = find(unknown).map(|tool| tool.name).map_err(|failure| failure.to_string());
        assert!(message.as_ref().is_err_and(|text| text.contains("this agent")), "{message:?}");
    }
}
