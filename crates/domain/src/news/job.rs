//! What jobs make known.

use super::{
    About, Event, Measure, News, What,
    event::{seconds, short},
};
use crate::job::{Job, JobState};

/// What a write of a job makes known: `before` as it was read (`None`: it is new), `version` that of `after`.
pub fn of_job(before: Option<&Job>, after: &Job, version: u64) -> News {
    News { events: completed(before, after, version).into_iter().collect(), measures: measures(before, after), ..News::none() }
}

fn completed(before: Option<&Job>, after: &Job, version: u64) -> Option<Event> {
    let JobState::Completed { agent, started_at, completed_at, verdict } = &after.state else { return None };
    if before.is_some_and(Job::is_completed) {
        return None;
    }
    let about = About {
        project: Some(after.project),
        branch: Some(after.branch),
        flow: Some(after.id.flow()),
        run: Some(after.id.run),
        job: Some(after.id),
        agent: *agent,
    };
    let what = What::JobCompleted {
        name: short(&after.name),
        outcome: verdict.outcome,
        message: verdict.message.as_deref().map(short),
        took_s: started_at.map(|started_at| seconds(started_at, *completed_at)),
    };
    Some(Event::of(after.id, version, *completed_at, about, what))
}

/// A job waits for an agent until it is promised to one, and then for that agent to take it. Both may happen in one write.
fn measures(before: Option<&Job>, after: &Job) -> Vec<Measure> {
    let queued_since = match before.map(|job| &job.state) {
        None => Some(after.created_at),
        Some(JobState::Queued { since }) => Some(*since),
        Some(_) => None,
    };
    let promised_at = match before.map(|job| &job.state) {
        Some(JobState::Assigned { at, .. }) => Some(*at),
        _ => None,
    };
    match &after.state {
        JobState::Assigned { at, .. } => queued_since.map(|since| Measure::waited(since, *at)).into_iter().collect(),
        JobState::Running { started_at, .. } => match (queued_since, promised_at) {
            (Some(since), _) => vec![Measure::waited(since, *started_at), Measure::taken(*started_at, *started_at)],
            (None, Some(at)) => vec![Measure::taken(at, *started_at)],
            (None, None) => Vec::new(),
        },
        JobState::Completed { verdict, .. } if !before.is_some_and(Job::is_completed) => vec![Measure::JobCompleted(verdict.outcome)],
        JobState::Held { .. } | JobState::Queued { .. } | JobState::Finished { .. } | JobState::Completed { .. } => Vec::new(),
    }
}
