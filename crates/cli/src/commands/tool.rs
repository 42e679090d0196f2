//! `kraken tool`.

use std::{collections::BTreeMap, process::Command};

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use crate::{
    failure::{Failure, Outcome},
    look::{Table, Text},
    programs,
    session::Session,
};

/// Tools: what steps are made of
#[derive(Debug, Subcommand)]
pub enum ToolCommand {
    /// List the built-in tools with their fields
    List,
}

/// A built-in tool, as `kraken-tool list` tells it.
#[derive(Debug, Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
    description: String,
    /// Seconds; without one the job's limit holds.
    timeout_s: Option<u64>,
    fields: BTreeMap<String, Field>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Field {
    required: bool,
    meaning: String,
}

/// Does it. The program that has the tools is asked, so that the list is what an agent with it can do.
pub fn run(command: &ToolCommand, session: &mut Session) -> Outcome {
    let ToolCommand::List = command;
    let program = programs::find("kraken-tool")?;
    let failed = |why: String| Failure::Other(format!("{} does not tell its tools: {why}", program.display()));
    let output = Command::new(&program).arg("list").output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    let tools: Vec<Tool> = serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
    session.screen.answer(&tools, |look| tools.iter().map(|tool| described(tool, look.paint)).collect::<Vec<_>>().join("\n"))
}

fn described(tool: &Tool, paint: crate::look::Paint) -> String {
    let limit = tool.timeout_s.map(|seconds| format!(" (time limit {seconds} s)")).unwrap_or_default();
    let mut table = Table::new(&["", "FIELD", "", "MEANING"]);
    for (name, field) in &tool.fields {
        let required = if field.required { "required" } else { "" };
        table.row([Text::none(), Text::plain(name), Text::plain(required), Text::plain(&field.meaning)]);
    }
    let head = Text::new(format!("{} {}", tool.name, tool.version), crate::look::Tone::Strong).painted(paint);
    format!("{head}  {}{limit}\n{}", Text::plain(&tool.description).as_str(), table.painted(paint))
}
