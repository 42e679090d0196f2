//! A line of a program's own log, as all programs of Kraken write them for machines: one JSON object with `timestamp`, `level`, `target`,
//! `message` and fields, and the spans around it. What is no such object is text.

use std::{fmt::Write, sync::Arc};

use jiff::Timestamp;
use kraken_domain::{JobId, RunId};
use kraken_protocol::ansi;
use kraken_search::{Entry, Level, Source};
use serde_json::{Map, Value};

/// Whose line it is, as far as is known without reading it.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    /// The program; a line of several programs in one process names it by a `service` of its own, or by its target.
    pub service: Option<String>,
    /// The agent.
    pub agent: Option<String>,
}

/// What is said of a line elsewhere in an entry.
const ELSEWHERE: [&str; 6] = ["timestamp", "level", "target", "message", "span", "spans"];

/// The line as an entry; `at` is its time if it names none.
pub fn entry(line: &[u8], writer: &Writer, at: Timestamp) -> Entry {
    let Ok(Value::Object(said)) = serde_json::from_slice::<Value>(line) else {
        let source = Source { service: service(writer, None, ""), agent: writer.agent.clone(), ..Source::default() };
        return Entry { time: at, level: Level::Info, source: Arc::new(source), text: ansi::stripped(line) };
    };
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    Entry {
        time: text("timestamp").and_then(|time| time.parse().ok()).unwrap_or(at),
        level: text("level").map_or(Level::Info, level),
        source: Arc::new(source(&said, writer)),
        text: words(&said).unwrap_or_else(|| ansi::stripped(line)),
    }
}

fn level(name: &str) -> Level {
    // What is finer than debug is none the less for whoever looks for a fault.
    name.parse().unwrap_or(if name.eq_ignore_ascii_case("trace") { Level::Debug } else { Level::Info })
}

/// Ids out of the fields of the line, or of the innermost span that has them. A job's id holds its run's and its flow's.
fn source(said: &Map<String, Value>, writer: &Writer) -> Source {
    let spans = said.get("spans").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let field = |name: &str| {
        let around = spans.iter().rev().filter_map(|span| span.get(name));
        said.get(name).into_iter().chain(around).find_map(Value::as_str).map(str::to_owned)
    };
    let job = field("job.id");
    let of_job = job.as_deref().and_then(|job| job.parse::<JobId>().ok());
    let run = field("run.id").or_else(|| of_job.map(|job| job.run.to_string()));
    let of_run = run.as_deref().and_then(|run| run.parse::<RunId>().ok());
    Source {
        service: service(writer, field("service"), said.get("target").and_then(Value::as_str).unwrap_or_default()),
        project: field("project.id"),
        branch: field("branch.id"),
        flow: field("flow.id").or_else(|| of_run.map(|run| run.flow.to_string())),
        run,
        job,
        step: field("step.id"),
        agent: writer.agent.clone().or_else(|| field("agent.id")),
    }
}

fn service(writer: &Writer, named: Option<String>, target: &str) -> String {
    let of_target = || {
        let part = target.split("::").next().unwrap_or_default().trim_start_matches("kraken_").trim_start_matches("fn_");
        if part.is_empty() { "kraken".to_owned() } else { part.to_owned() }
    };
    writer.service.clone().or(named).unwrap_or_else(of_target)
}

/// The message with the fields behind it.
fn words(said: &Map<String, Value>) -> Option<String> {
    let mut text = ansi::stripped(said.get("message")?.as_str()?.as_bytes());
    for (name, value) in said.iter().filter(|(name, _)| !ELSEWHERE.contains(&name.as_str())) {
        // Text cannot refuse to be written into text.
        let _ = match value {
            Value::String(value) => write!(text, " {name}={}", ansi::stripped(value.as_bytes())),
            value => write!(text, " {name}={value}"),
        };
    }
    Some(text)
}

#[cfg(test)]
mod tests;
