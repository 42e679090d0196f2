//! Stages for the jobs that are measured.

use serde_json::{Value, json};

/// What a job runs, in bash, which can tell the time without starting a program.
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) cmd: String,
}

impl Work {
    pub(crate) fn new(name: impl Into<String>, cmd: impl Into<String>) -> Self {
        Self { name: name.into(), cmd: cmd.into() }
    }
}

/// Says when it began, as the first thing that it does.
pub(crate) const SAY_WHEN: &str = "echo $EPOCHREALTIME";

/// A root stage with these jobs for any agent.
pub(crate) fn stage(jobs: &[Work]) -> String {
    let jobs: Vec<Value> = jobs
        .iter()
        .map(|work| {
            json!({
                "name": work.name,
                "steps": [{"tool": "shell", "cmd": work.cmd, "shell_exe": "bash", "timeout": 600}],
                "environments": [{"system": "any", "agents_group": "all"}],
            })
        })
        .collect();
    // JSON without truth values and nulls is Starlark.
    format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": {}}}\n", Value::Array(jobs))
}
