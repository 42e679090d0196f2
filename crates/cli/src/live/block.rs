//! The flow as one block of lines that fits a terminal.
//!
//! Every stage is a line, below it its jobs. When there are more lines than rows, jobs that went well give way first, then those
//! that wait; what runs or went wrong stays longest.

use super::{Picture, RunPicture, changes::job_name};
use crate::look::{Line, Look, Text, Tone, counted, flow_state, job_state, run_state};
use kraken_protocol::api::JobView;

/// The lines, at most `rows` (but always the flow's own), newest state, durations up to `look.now`.
pub(super) fn block(picture: &Picture, look: &Look, rows: usize) -> Vec<Line> {
    let mut lines = vec![flow_line(picture, look)];
    let shown = ranked(picture, rows.saturating_sub(1 + picture.runs.len()));
    for run in &picture.runs {
        lines.push(run_line(run, look));
        let jobs: Vec<&JobView> = run.jobs.iter().filter(|job| shown.contains(&job.id)).collect();
        let hidden = run.jobs.len() - jobs.len();
        lines.extend(jobs.into_iter().map(|job| job_line(job, look)));
        if hidden > 0 {
            lines.push(Line::new().with(Text::new(format!("    … {} more", counted(hidden, "job")), Tone::Muted)));
        }
    }
    lines.truncate(rows.max(1));
    lines
}

/// The jobs to show in `rows` lines. If not all fit, every run may need one line to say how many are hidden.
fn ranked(picture: &Picture, rows: usize) -> Vec<kraken_domain::JobId> {
    let mut jobs: Vec<&JobView> = picture.runs.iter().flat_map(|run| &run.jobs).collect();
    let room = if jobs.len() <= rows { rows } else { rows.saturating_sub(picture.runs.len()) };
    jobs.sort_by_key(|job| match (&job.outcome, job.state.as_str()) {
        (Some(outcome), _) if outcome.is_ok() => 3,
        (Some(_), _) => 1,
        (None, "queued") => 2,
        (None, _) => 0,
    });
    jobs.into_iter().take(room).map(|job| job.id).collect()
}

fn flow_line(picture: &Picture, look: &Look) -> Line {
    let flow = &picture.flow;
    Line::new()
        .with(Text::new(format!("flow {}", flow.label), Tone::Strong))
        .with(Text::plain("  "))
        .with(flow_state(flow))
        .with(Text::plain("  "))
        .with(look.lasted(Some(flow.created_at), flow.completed_at))
        .with(Text::new(format!("  {}", flow.id), Tone::Muted))
}

fn run_line(run: &RunPicture, look: &Look) -> Line {
    let view = &run.run;
    let counts = format!("  {}/{}", view.jobs.completed, view.jobs.total);
    let line = Line::new()
        .with(sign(run_state(view).as_str()))
        .with(Text::new(&view.stage_name, Tone::Strong))
        .with(Text::plain("  "))
        .with(run_state(view))
        .with(Text::plain(counts))
        .with(Text::plain("  "))
        .with(look.lasted(view.started_at, view.completed_at));
    match &view.note {
        Some(note) => line.with(Text::new(format!("  {note}"), Tone::Muted)),
        None => line,
    }
}

fn job_line(job: &JobView, look: &Look) -> Line {
    let line = Line::new()
        .with(Text::plain("  "))
        .with(sign(job_state(job).as_str()))
        .with(Text::plain(job_name(job)))
        .with(Text::plain("  "))
        .with(job_state(job))
        .with(Text::plain("  "))
        .with(look.lasted(job.started_at, job.completed_at));
    match &job.message {
        Some(message) => line.with(Text::new(format!("  {message}"), Tone::Muted)),
        None => line,
    }
}

/// A shape beside the word, as colour alone says nothing to many.
fn sign(state: &str) -> Text {
    match state {
        "ok" => Text::new("✓ ", Tone::Good),
        "queued" | "held" | "creating" => Text::new("· ", Tone::Waiting),
        "manual" => Text::new("? ", Tone::Waiting),
        "assigned" | "running" | "finished" | "in progress" => Text::new("● ", Tone::Busy),
        "cancelled" | "stopping" | "completed" | "processed" => Text::new("- ", Tone::Muted),
        _ => Text::new("✗ ", Tone::Bad),
    }
}

#[cfg(test)]
mod tests;
