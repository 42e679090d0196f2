//! What changed between two pictures, a line each: the live view of a pipe or a log file.

use kraken_protocol::api::JobView;

use super::{Picture, RunPicture};
use crate::look::{Line, Look, Text, Tone, counted, flow_state, job_state, run_state};

/// The changes, in the order of runs and jobs. Without `before`, everything is new.
pub(super) fn changes(before: Option<&Picture>, after: &Picture, look: &Look) -> Vec<Line> {
    let mut lines = Vec::new();
    if before.is_none() {
        let what = format!("flow {} {}", after.flow.label, after.flow.id);
        lines.push(line(look, after.flow.created_at, Text::new(what, Tone::Strong), flow_state(&after.flow), Text::none()));
    }
    for run in &after.runs {
        let known = before.and_then(|before| before.run(&run.run));
        for job in &run.jobs {
            let known = known.and_then(|known| known.jobs.iter().find(|other| other.id == job.id));
            if known.map(job_state) != Some(job_state(job)) {
                lines.push(job_line(run, job, look));
            }
        }
        if known.map(|known| run_state(&known.run)) != Some(run_state(&run.run)) {
            lines.push(run_line(run, look));
        }
    }
    lines
}

fn run_line(run: &RunPicture, look: &Look) -> Line {
    let view = &run.run;
    let took = match view.completed_at {
        Some(_) => look.lasted(view.started_at.or(Some(view.created_at)), view.completed_at).as_str().to_owned(),
        None => String::new(),
    };
    let jobs = match (view.jobs.total, view.jobs.error) {
        (0, _) => String::new(),
        (total, 0) => counted(usize::try_from(total).unwrap_or(0), "job"),
        (total, error) => format!("{error} of {total} jobs in error"),
    };
    let rest = [took, jobs, view.note.clone().unwrap_or_default()];
    let rest: Vec<String> = rest.into_iter().filter(|part| !part.is_empty()).collect();
    let at = view.completed_at.or(view.started_at).unwrap_or(view.created_at);
    line(look, at, Text::new(&view.stage_name, Tone::Strong), run_state(view), Text::plain(rest.join(", ")))
}

fn job_line(run: &RunPicture, job: &JobView, look: &Look) -> Line {
    let name = format!("{} / {}", run.run.stage_name, job_name(job));
    let rest = match (&job.message, job.completed_at) {
        (Some(message), _) => message.clone(),
        (None, Some(_)) => look.lasted(job.started_at, job.completed_at).as_str().to_owned(),
        (None, None) => String::new(),
    };
    let at = job.completed_at.or(job.started_at).unwrap_or(job.created_at);
    line(look, at, Text::plain(name), job_state(job), Text::plain(rest))
}

/// A job's name, with the system where that tells it from its siblings.
pub(super) fn job_name(job: &JobView) -> String {
    if job.system == "any" { job.name.clone() } else { format!("{} ({})", job.name, job.system) }
}

fn line(look: &Look, at: jiff::Timestamp, what: Text, state: Text, rest: Text) -> Line {
    let gap = || Text::plain("  ");
    let line = Line::new().with(Text::new(look.clock(at), Tone::Muted)).with(gap()).with(what).with(gap()).with(state);
    if rest.is_empty() { line } else { line.with(gap()).with(rest) }
}

#[cfg(test)]
mod tests;
