//! `kraken data`: JSON that jobs and people keep on the server.

use std::{path::PathBuf, time::Duration};

use clap::Subcommand;
use serde_json::Value;

use super::{data_place::DataPlace, input::read_code};
use crate::{
    client::{Client, DocumentChange},
    failure::{Failure, Outcome},
    screen::Screen,
    session::Session,
};

/// Somebody else may change the data at the same moment: so often a program runs.
const TRIES: usize = 50;
/// How long a program may run.
const PROGRAM_LIMIT: Duration = Duration::from_secs(60);
/// Bytes of what comes of a program: more than the server takes.
const RESULT_BYTES_MAX: usize = 1 << 20;

/// JSON that is kept for flows, branches and projects
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Show data, or a part of them
    Get {
        /// Whose data: flow:ID, branch:PROJECT/BRANCH, branch-ci:…, branch-dev:… or project:PROJECT
        #[arg(value_name = "SCOPE:NAME")]
        place: DataPlace,
        /// Only what is at this JSON pointer, such as /systems/0
        #[arg(value_name = "POINTER")]
        pointer: Option<String>,
    },
    /// Set a value; objects on the way to it are made
    Set {
        /// Whose data: flow:ID, branch:PROJECT/BRANCH, branch-ci:…, branch-dev:… or project:PROJECT
        #[arg(value_name = "SCOPE:NAME")]
        place: DataPlace,
        /// Where, as a JSON pointer; / is all of them
        #[arg(value_name = "POINTER")]
        pointer: String,
        /// The value, as JSON: a text needs its quotes
        #[arg(value_name = "JSON", required_unless_present = "file", conflicts_with = "file")]
        value: Option<String>,
        /// Read the value from this file; - is the standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Apply a JSON Patch (RFC 6902): all of its operations or none
    Patch {
        /// Whose data: flow:ID, branch:PROJECT/BRANCH, branch-ci:…, branch-dev:… or project:PROJECT
        #[arg(value_name = "SCOPE:NAME")]
        place: DataPlace,
        /// The file with the patch; - is the standard input
        #[arg(value_name = "FILE", default_value = "-")]
        file: PathBuf,
    },
    /// Replace data by what a jq program makes of them
    Jq {
        /// Whose data: flow:ID, branch:PROJECT/BRANCH, branch-ci:…, branch-dev:… or project:PROJECT
        #[arg(value_name = "SCOPE:NAME")]
        place: DataPlace,
        /// The program, such as '.runs += 1'
        #[arg(value_name = "PROGRAM")]
        program: String,
        /// Only what is at this JSON pointer
        #[arg(long, value_name = "POINTER")]
        pointer: Option<String>,
        /// Show what would come of it; nothing is changed
        #[arg(long)]
        dry_run: bool,
    },
}

/// Does it.
pub async fn run(command: DataCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        DataCommand::Get { place, pointer } => {
            let (path, mut query) = place.address(&client).await?;
            query.extend(of_pointer(pointer));
            show(&client.document(&path, &query).await?.value, screen)
        }
        DataCommand::Set { place, pointer, value, file } => {
            let value = match (value, file) {
                (Some(text), _) => json(&text, "the value")?,
                (None, Some(file)) => json(&read_code(&file)?, &file.display().to_string())?,
                (None, None) => return Err(Failure::Usage("there is no value: give one, or --file".to_owned())),
            };
            let (path, mut query) = place.address(&client).await?;
            query.extend(of_pointer(Some(pointer)));
            let changed = client.change_document(&path, &query, DocumentChange::Set(&value), None, &key()?).await?;
            show(&changed.unwrap_or_default(), screen)
        }
        DataCommand::Patch { place, file } => {
            let patch = json(&read_code(&file)?, &file.display().to_string())?;
            let (path, query) = place.address(&client).await?;
            let changed = client.change_document(&path, &query, DocumentChange::Patch(&patch), None, &key()?).await?;
            show(&changed.unwrap_or_default(), screen)
        }
        DataCommand::Jq { place, program, pointer, dry_run } => {
            let (path, query) = place.address(&client).await?;
            let edit = Edit { path, query, program, pointer: pointer.filter(|pointer| pointer != "/").unwrap_or_default() };
            show(&if dry_run { edit.tried(&client).await? } else { edit.done(&client).await? }, screen)
        }
    }
}

/// A program that is to be run on data.
struct Edit {
    path: String,
    query: Vec<(&'static str, String)>,
    program: String,
    pointer: String,
}

impl Edit {
    /// What would come of it.
    async fn tried(&self, client: &Client) -> Outcome<Value> {
        let read = client.document(&self.path, &self.query).await?;
        self.result(&read.value).await
    }

    /// Reads, runs, and writes if nobody else has written meanwhile; else again.
    async fn done(&self, client: &Client) -> Outcome<Value> {
        let query: Vec<_> = self.query.iter().cloned().chain(of_pointer(Some(self.pointer.clone()))).collect();
        for _ in 0..TRIES {
            let read = client.document(&self.path, &self.query).await?;
            let after = self.result(&read.value).await?;
            let changed = client.change_document(&self.path, &query, DocumentChange::Set(&after), Some(&read.tag), &key()?).await?;
            if let Some(now) = changed {
                return Ok(now);
            }
        }
        Err(Failure::Refused(format!("others changed these data each of {TRIES} times: try again later")))
    }

    async fn result(&self, document: &Value) -> Outcome<Value> {
        let (program, input) = (self.program.clone(), document.pointer(&self.pointer).cloned().unwrap_or_default().to_string());
        // A program that does not end is left behind: the process ends soon.
        let (done, result) = tokio::sync::oneshot::channel();
        let running = std::thread::Builder::new().spawn(move || _ = done.send(kraken_jq::run(&program, &input, RESULT_BYTES_MAX)));
        running.map_err(|error| Failure::Other(format!("cannot start a thread: {error}")))?;
        let result = tokio::time::timeout(PROGRAM_LIMIT, result).await;
        let result = result.map_err(|_| Failure::invalid(format!("the program did not end within {} s", PROGRAM_LIMIT.as_secs())))?;
        let output = result.map_err(|_| Failure::Other("the program broke".to_owned()))?;
        json(&output.map_err(|error| Failure::invalid(error.to_string()))?, "what comes of the program")
    }
}

fn of_pointer(pointer: Option<String>) -> Option<(&'static str, String)> {
    pointer.filter(|pointer| !pointer.is_empty()).map(|pointer| ("pointer", pointer))
}

fn json(text: &str, what: &str) -> Outcome<Value> {
    serde_json::from_str(text).map_err(|error| {
        let hint = if text.trim_start().starts_with(['"', '{', '[']) { "" } else { "; a text needs its quotes: '\"text\"'" };
        Failure::invalid(format!("{what} is no JSON: {error}{hint}"))
    })
}

/// Names one change.
fn key() -> Outcome<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Other(format!("the system gives no random numbers: {error}")))?;
    Ok(hex::encode(bytes))
}

fn show(value: &Value, screen: &mut Screen) -> Outcome {
    if screen.is_json() { screen.json(value) } else { screen.line(&format!("{value:#}")) }
}
