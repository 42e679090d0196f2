//! Whether a flow has ended, how, and the words for it.

use kraken_domain::run::RunResult;
use kraken_protocol::api::JobView;

use super::{Picture, RunPicture, changes::job_name};
use crate::look::{Line, Look, Text, Tone, counted, elapsed};

/// How watching a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// No run in error.
    Ok,
    /// At least one run in error.
    Error,
    /// It was cancelled.
    Cancelled,
    /// So far fine, but all that is left waits for a person.
    Manual,
}

/// How it ended; `None` while something of it goes on by itself.
///
/// A flow whose only open runs are manual would be watched for ever, so that is an end, too; but not as long as the results of another
/// run are open, since those may start a next stage.
pub fn ending(picture: &Picture) -> Option<Ending> {
    let over = picture.flow.state == "completed";
    let state = |run: &RunPicture, state: &str| run.run.state == state;
    let only_people = picture.runs.iter().any(|run| state(run, "manual"))
        && picture.runs.iter().all(|run| state(run, "manual") || state(run, "processed"));
    if !over && !only_people {
        return None;
    }
    let has = |result| picture.runs.iter().any(|run| run.run.result == Some(result));
    Some(if picture.flow.cancelled {
        Ending::Cancelled
    } else if has(RunResult::Error) {
        Ending::Error
    } else if has(RunResult::Cancelled) {
        Ending::Cancelled
    } else if over {
        Ending::Ok
    } else {
        Ending::Manual
    })
}

/// The last lines: the result, then what went wrong and where to read about it, or what waits.
pub(super) fn summary(picture: &Picture, ending: Ending, look: &Look) -> Vec<Line> {
    let flow = &picture.flow;
    let (word, tone) = match ending {
        Ending::Ok => ("ok", Tone::Good),
        Ending::Error => ("ended in error", Tone::Bad),
        Ending::Cancelled => ("cancelled", Tone::Muted),
        Ending::Manual => ("waits for a person", Tone::Waiting),
    };
    let jobs: usize = picture.runs.iter().map(|run| run.jobs.len()).sum();
    let took = elapsed(flow.created_at, flow.completed_at.unwrap_or(look.now));
    let head = Line::new()
        .with(Text::new(format!("flow {} ", flow.label), Tone::Strong))
        .with(Text::new(word, tone))
        .with(Text::plain(format!(" after {took}: {}, {}", counted(picture.runs.len(), "stage"), counted(jobs, "job"))));
    let mut lines = vec![head];
    for run in &picture.runs {
        lines.extend(run.jobs.iter().filter(|job| job.outcome.is_some_and(|outcome| !outcome.is_ok())).map(|job| failed_line(run, job)));
        if run.jobs.is_empty() && run.run.result == Some(RunResult::Error) {
            let note = run.run.note.as_deref().unwrap_or("in error");
            lines.push(Line::new().with(Text::plain(format!("  {}: {note}", run.run.stage_name))));
        }
        if run.run.state == "manual" {
            lines.push(Line::new().with(Text::plain(format!("  {}: kraken run start {}", run.run.stage_name, run.run.id))));
        }
    }
    lines
}

fn failed_line(run: &RunPicture, job: &JobView) -> Line {
    let outcome = job.outcome.map_or("", |outcome| outcome.as_str()).replace('_', " ");
    let message = job.message.as_ref().map(|message| format!(", {message}")).unwrap_or_default();
    Line::new()
        .with(Text::plain(format!("  {} / {}: ", run.run.stage_name, job_name(job))))
        .with(Text::new(outcome, Tone::Bad))
        .with(Text::plain(format!("{message}; kraken logs {}", job.id)))
}

#[cfg(test)]
mod tests;
