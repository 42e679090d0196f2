//! `data`: JSON that is kept on the server, for the flow, its branch or its project. The agent reads and changes it; this tool says what.
//!
//! Values and patches are applied by the server. A jq program runs here, in a process of its own: on what was read, and what comes of it is
//! written only if nobody else wrote meanwhile; else it runs again.

mod jq;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use kraken_protocol::tool::{Answer, Ask, Data, DataOperation};
use serde_json::Value;

pub use jq::main as jq_main;

use super::Tool;
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

/// More than any document or patch that the server takes.
const INPUT_BYTES_MAX: u64 = 4 << 20;

pub(super) const TOOL: Tool = Tool {
    name: "data",
    description: "Keeps JSON on the server for the flow, its branch or its project, and reads it",
    fields: &[
        ("value", "the value (set), the program (jq) or the RFC 6902 patch (jsonpatch)"),
        ("file", "the file with it, as JSON or jq; where to put what is read (get)"),
        ("operation", "set, get, jq or jsonpatch (set)"),
        ("json_pointer", "where in the data; / is all of them (/)"),
        ("scope", "whose data: flow, branch, branch-ci, branch-dev or project (flow)"),
        ("cwd", "where to look for `file` (.)"),
        ("timeout", "seconds it may take (no limit but the job's)"),
    ],
    timeout_s: None,
    run,
};

fn run(around: &mut Surroundings, task: &Task<'_>) -> Result<(), Failure> {
    let fields = task.fields;
    if let Some(name) = ["value", "file", "json_pointer"].into_iter().find(|name| fields.is_sensitive(name)) {
        let why = "what it names is a secret, and user data are shown to everybody who sees the project: keep it as a secret";
        return Err(Failure::step(format!("field `{name}`: {why}")));
    }
    let place = Place {
        scope: fields.text("scope")?.unwrap_or_else(|| "flow".to_owned()),
        pointer: fields.text("json_pointer")?.filter(|pointer| pointer != "/").unwrap_or_default(),
    };
    match fields.text("operation")?.as_deref() {
        None | Some("set") => place.change(around, DataOperation::Set, given(task)?),
        Some("jsonpatch") => {
            if !place.pointer.is_empty() {
                return Err(Failure::step("field `json_pointer`: the operations of a patch say themselves where: leave it out"));
            }
            let patch = match given(task)? {
                Value::String(text) => parsed("value", &text)?,
                patch => patch,
            };
            place.change(around, DataOperation::Jsonpatch, patch)
        }
        Some("get") => place.get(around, task),
        Some("jq") => jq::run(around, task, &place, &program(task)?),
        Some(other) => Err(Failure::step(format!("field `operation`: {other:?} is none: expected set, get, jq or jsonpatch"))),
    }
}

/// Which data, and where in them.
struct Place {
    scope: String,
    /// Empty: all of them.
    pointer: String,
}

impl Place {
    fn change(&self, around: &mut Surroundings, operation: DataOperation, value: Value) -> Result<(), Failure> {
        match self.ask_for_change(around, operation, value, None)? {
            Some(version) => told(&self.scope, version),
            None => Err(not_understood()),
        }
    }

    /// The version that the document has then; `None`: it is not `over` this version.
    fn ask_for_change(
        &self,
        around: &mut Surroundings,
        operation: DataOperation,
        value: Value,
        over: Option<u64>,
    ) -> Result<Option<u64>, Failure> {
        let data = Data { operation, scope: self.scope.clone(), pointer: self.pointer.clone(), value };
        match around.ask(Ask::ChangeData { data, over })? {
            Answer::DataChanged { version } => Ok(Some(version)),
            Answer::DataMoved => Ok(None),
            Answer::Error { message } => Err(Failure::step(message)),
            _ => Err(not_understood()),
        }
    }

    /// What is at the place, and the version of the whole.
    fn read(&self, around: &mut Surroundings) -> Result<(Option<Value>, u64), Failure> {
        match around.ask(Ask::ReadData { scope: self.scope.clone() })? {
            Answer::Data { value, version } => Ok((value.pointer(&self.pointer).cloned(), version)),
            Answer::Error { message } => Err(Failure::step(message)),
            _ => Err(not_understood()),
        }
    }

    fn get(&self, around: &mut Surroundings, task: &Task<'_>) -> Result<(), Failure> {
        let file = task.fields.text("file")?.map(|file| Ok::<_, Failure>(task.cwd()?.join(file))).transpose()?;
        let (value, _) = self.read(around)?;
        let value =
            value.ok_or_else(|| Failure::step(format!("there is nothing at {:?} in the data of the {}", self.pointer, self.scope)))?;
        match file {
            None => say(&format!("{value:#}")),
            Some(file) => {
                let written = std::fs::write(&file, format!("{value:#}\n"));
                written.map_err(|error| Failure::step(format!("field `file`: {}: {error}", file.display())))
            }
        }
    }
}

/// The value of the step, or what is in its file.
fn given(task: &Task<'_>) -> Result<Value, Failure> {
    match (task.fields.raw("value"), task.fields.text("file")?) {
        (Some(_), Some(_)) => Err(Failure::step("fields `value` and `file`: expected only one of them")),
        (Some(value), None) => Ok(value.clone()),
        (None, Some(file)) => parsed("file", &text_of(&task.cwd()?.join(file))?),
        // Null is a value, too, where the field is there.
        (None, None) if task.step.fields.contains_key("value") => Ok(Value::Null),
        (None, None) => Err(Failure::step("field `value` is missing, and so is `file`")),
    }
}

/// The program of a step: as text, or in its file.
fn program(task: &Task<'_>) -> Result<String, Failure> {
    match (task.fields.text("value")?, task.fields.text("file")?) {
        (Some(_), Some(_)) => Err(Failure::step("fields `value` and `file`: expected only one of them")),
        (Some(program), None) => Ok(program),
        (None, Some(file)) => text_of(&task.cwd()?.join(file)),
        (None, None) => Err(Failure::step("field `value`, the jq program, is missing, and so is `file`")),
    }
}

fn parsed(field: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::step(format!("field `{field}`: it is no JSON: {error}")))
}

fn text_of(path: &Path) -> Result<String, Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::step(format!("field `file`: {}: {why}", path.display()));
    let mut text = String::new();
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let length = file.take(INPUT_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| wrong(&error))?;
    if length as u64 > INPUT_BYTES_MAX {
        return Err(wrong(&format!("it has more than {INPUT_BYTES_MAX} bytes: keep large things as artifacts")));
    }
    Ok(text)
}

fn told(scope: &str, version: u64) -> Result<(), Failure> {
    say(&format!("The data of the {scope} are of version {version}"))
}

/// A line for the log.
fn say(text: &str) -> Result<(), Failure> {
    let mut log = std::io::stdout().lock();
    writeln!(log, "{text}").map_err(|error| Failure::executor(format!("cannot write to the log: {error}")))
}

fn not_understood() -> Failure {
    Failure::executor("data: the agent's answer is not understood; update the agent")
}
