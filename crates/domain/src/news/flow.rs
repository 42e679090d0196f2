//! What flows and their runs make known.

use super::{
    About, Event, News, What,
    event::{seconds, short},
};
use crate::{
    flow::{Flow, FlowState},
    notice::Turn,
    run::{Run, RunResult, RunState},
};

/// What a write of a flow makes known: `before` as it was read (`None`: it is new), `version` that of `after`.
pub fn of_flow(before: Option<&Flow>, after: &Flow, version: u64) -> News {
    let about = || About { project: Some(after.project), branch: Some(after.branch), flow: Some(after.id), ..About::default() };
    let (label, kind, branch_name) = (short(&after.label), after.kind, short(&after.branch_name));
    let mut news = News::none();
    if before.is_none() {
        let what = What::FlowStarted { label: label.clone(), kind, branch_name: branch_name.clone(), runs: after.runs_made };
        news.events.push(Event::of(after.id, version, after.created_at, about(), what));
    }
    let was_open = before.is_none_or(|flow| matches!(flow.state, FlowState::InProgress { .. }));
    if let (true, FlowState::Completed { completed_at, result, .. }) = (was_open, after.state) {
        let took_s = seconds(after.created_at, completed_at);
        let what = What::FlowCompleted { label, kind, branch_name, result: result.unwrap_or(RunResult::Ok), took_s };
        news.events.push(Event::of(after.id, version, completed_at, about(), what));
    }
    news
}

/// What a write of a run makes known: `before` as it was read (`None`: it is new), `version` that of `after`.
pub fn of_run(before: Option<&Run>, after: &Run, version: u64) -> News {
    News { turns: Turn::of(before, after, version).into_iter().collect(), ..events_of_run(before, after, version) }
}

fn events_of_run(before: Option<&Run>, after: &Run, version: u64) -> News {
    let about = About {
        project: Some(after.project),
        branch: Some(after.branch),
        flow: Some(after.id.flow),
        run: Some(after.id),
        ..About::default()
    };
    let (stage, label) = (short(&after.stage_name), short(&after.label));
    match &after.state {
        RunState::InProgress { started_at, .. } if !before.is_some_and(is_in_progress) => {
            let what = What::RunStarted { stage, label, jobs: after.jobs_made, notices: after.notices };
            News::event(Event::of(after.id, version, *started_at, about, what))
        }
        RunState::Completed { started_at, completed_at, result } if !before.is_some_and(Run::is_completed) => {
            let took_s = started_at.map(|started_at| seconds(started_at, *completed_at));
            let note = after.remark().as_deref().map(short);
            let what = What::RunCompleted { stage, label, result: *result, note, took_s, notices: after.notices };
            News::event(Event::of(after.id, version, *completed_at, about, what))
        }
        RunState::Creating
        | RunState::Waiting { .. }
        | RunState::Manual
        | RunState::InProgress { .. }
        | RunState::Completed { .. }
        | RunState::Processed { .. } => News::none(),
    }
}

fn is_in_progress(run: &Run) -> bool {
    matches!(run.state, RunState::InProgress { .. })
}
