//! Failures as people read them, and as scripts do.

use std::path::Path;

use kraken_protocol::api::FieldProblem;
use serde_json::{Value, json};

use super::{Paint, Text, Tone};
use crate::failure::Failure;

/// What goes to the standard error: what is wrong, where, and what to do. Empty if all has been said already.
pub fn failure_text(failure: &Failure, paint: Paint) -> String {
    let (problems, file, request): (&[FieldProblem], Option<&Path>, &str) = match failure {
        Failure::EndedInError | Failure::OutputClosed => return String::new(),
        Failure::Problem(problem) => (&problem.errors, None, &problem.request_id),
        Failure::Invalid { problems, file, .. } => (problems, file.as_deref(), ""),
        _ => (&[], None, ""),
    };
    let label = if matches!(failure, Failure::Interrupted { .. }) { String::new() } else { paint.paint("error:", Tone::Bad) + " " };
    // A detail may have several lines (a stage's error with its source); each keeps its own.
    let message: Vec<String> = failure.to_string().lines().map(|line| Text::plain(line).painted(paint)).collect();
    let mut text = format!("{label}{}", message.join("\n       "));
    if !request.is_empty() {
        text.push_str(&paint.paint(&format!(" (request {})", Text::plain(request).as_str()), Tone::Muted));
    }
    text.push('\n');
    for line in field_problem_lines(problems, file, paint) {
        text.push_str(&format!("  {line}\n"));
    }
    if let Some(advice) = failure.advice() {
        text.push_str(&format!("{} {advice}\n", paint.paint("hint:", Tone::Strong)));
    }
    text
}

/// One line per problem: `stage.star:12: /jobs/0/name: expected a string`.
pub fn field_problem_lines(problems: &[FieldProblem], file: Option<&Path>, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for problem in problems {
        let mut place = match (file, problem.line) {
            (Some(file), Some(line)) => format!("{}:{line}: ", file.display()),
            (Some(file), None) => format!("{}: ", file.display()),
            (None, Some(line)) => format!("line {line}: "),
            (None, None) => String::new(),
        };
        if !problem.path.is_empty() {
            place.push_str(&format!("{}: ", problem.path));
        }
        let mut message = problem.message.lines();
        let first = Text::plain(message.next().unwrap_or_default());
        lines.push(format!("{}{}", Text::new(&place, Tone::Strong).painted(paint), first.painted(paint)));
        lines.extend(message.map(|line| format!("  {}", Text::plain(line).painted(paint))));
    }
    lines
}

/// The same for scripts (`--json`): a problem document with the exit code.
pub(crate) fn failure_json(failure: &Failure) -> Value {
    let exit = failure.exit();
    let mut document = match failure {
        Failure::Problem(problem) => serde_json::to_value(problem).unwrap_or_default(),
        Failure::Invalid { message, problems, .. } => json!({"title": exit.meaning(), "detail": message, "errors": problems}),
        other => json!({"title": exit.meaning(), "detail": other.to_string()}),
    };
    document["exit_code"] = exit.code().into();
    document
}

#[cfg(test)]
mod tests;
