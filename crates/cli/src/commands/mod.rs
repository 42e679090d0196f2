//! One file per noun: its command line, what it asks of the API, and how the answer looks.

pub mod agent;
pub mod artifact;
pub mod aws;
pub mod branch;
pub mod check;
pub mod completion;
pub mod data;
mod data_place;
pub mod enrolment_token;
pub mod env;
pub mod flow;
pub mod group;
pub mod input;
pub mod job;
pub mod login;
pub mod logs;
pub mod project;
pub mod retention;
pub mod run;
pub mod run_file;
pub mod search;
pub mod secret;
pub mod sequence;
pub mod settings;
pub mod stage;
mod stage_source;
pub mod token;
pub mod tool;
pub mod transfer;
pub mod ui;
pub mod version;
pub mod webhook;

use std::fmt::Display;

use serde_json::json;

use crate::{failure::Outcome, look::Text, screen::Screen};

/// The answer to a deletion.
fn deleted(screen: &mut Screen, what: &str, id: &impl Display, name: &str) -> Outcome {
    screen.answer(&json!({"deleted": id.to_string()}), |look| format!("deleted {what} {}\n", Text::plain(name).painted(look.paint)))
}
