//! Small stages for stories.

use serde_json::{Value, json};

/// A root stage with one job `job` for any agent, made of these steps.
pub fn stage(steps: &[Value]) -> String {
    let jobs = json!([{
        "name": "job",
        "steps": steps,
        "environments": [{"system": "any", "agents_group": "all"}],
    }]);
    // JSON is Starlark but for three words.
    let jobs = jobs.to_string().replace("true", "True").replace("false", "False").replace("null", "None");
    format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": {jobs}}}\n")
}

/// A root stage whose only step runs `cmd` in a shell.
pub fn shell(cmd: &str) -> String {
    stage(&[json!({"tool": "shell", "cmd": cmd})])
}
