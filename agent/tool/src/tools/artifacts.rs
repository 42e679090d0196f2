//! `artifacts`: files that outlive the job. The agent moves them between workspace and object store; this tool chooses, checks and places
//! them.

mod checksum;
mod download;
mod select;
mod upload;

use super::Tool;
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

pub(super) const TOOL: Tool = Tool {
    name: "artifacts",
    description: "Keeps files of this job, or fetches files of earlier runs of the same flow",
    fields: &[
        ("source*", "path or list of paths; `*` stands for anything but a slash, `**` for any folders"),
        ("action", "upload or download (upload)"),
        ("destination", "folder to put them in: among the artifacts, or relative to `cwd` (.)"),
        ("public", "whether uploaded files can be read without a token (false)"),
        ("report_entry", "path of the uploaded file that is a report's first page"),
        ("cwd", "where to work (.)"),
        ("timeout", "seconds it may take (no limit but the job's)"),
    ],
    timeout_s: None,
    run,
};

fn run(around: &mut Surroundings, task: &Task<'_>) -> Result<(), Failure> {
    let sources = task.fields.texts("source")?;
    if sources.iter().all(String::is_empty) {
        return Err(Failure::step("field `source` is missing"));
    }
    match task.fields.text("action")?.as_deref() {
        None | Some("upload") => upload::run(around, task, &sources),
        Some("download") => download::run(around, task, sources),
        Some(other) => Err(Failure::step(format!("field `action`: {other:?} is neither \"upload\" nor \"download\""))),
    }
}
