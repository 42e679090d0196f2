//! The life of a run, told as stories; and one table that holds every state against every event.
#![allow(clippy::unwrap_used)]

mod counts;
mod table;
mod turn;

use super::*;
use crate::{Effect, FlowId, Moved, job::Stop};

/// Seconds from the beginning of the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn run_id() -> RunId {
    RunId { flow: FlowId::new(1, 1), number: 1 }
}

fn spec() -> SpecRef {
    SpecRef { sha256: "00".to_owned(), job: 0 }
}

/// A run of at most 1000 s, made at the beginning.
fn creating() -> Run {
    Run {
        id: run_id(),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        stage_name: "tests".to_owned(),
        kind: FlowKind::Ci,
        label: "1.".to_owned(),
        sequence: 1,
        own_sequence: 1,
        created_at: at(0),
        args: BTreeMap::new(),
        reason: RunReason::Flow,
        spec: None,
        timeout_s: 1000,
        jobs_made: 0,
        notices: false,
        note: None,
        audience: None,
        source_commit: None,
        ordered: false,
        concurrency: None,
        tally: None,
        covered_by: None,
        released_at: None,
        state: RunState::Creating,
    }
}

fn manual() -> Run {
    after(&creating(), RunEvent::Hold, 1)
}

/// With two jobs, since second 1.
fn in_progress() -> Run {
    after(&creating(), created(2), 1)
}

/// At second 50, without a job in error.
fn completed() -> Run {
    after(&in_progress(), counted(2, 2, 0), 50)
}

/// At second 51.
fn processed() -> Run {
    after(&completed(), RunEvent::Processed, 51)
}

fn created(jobs: u32) -> RunEvent {
    RunEvent::Created { spec: spec(), jobs }
}

fn counted(total: i64, completed: i64, error: i64) -> RunEvent {
    RunEvent::Counted(RunCounts { total, executing: 0, completed, error })
}

fn moved(run: &Run, event: RunEvent, second: i64) -> Moved<Run> {
    run.on(event.clone(), at(second)).unwrap_or_else(|refusal| panic!("{event:?}: {refusal}"))
}

fn after(run: &Run, event: RunEvent, second: i64) -> Run {
    moved(run, event, second).next
}

fn refused(run: &Run, event: RunEvent, second: i64) -> RunRefusal {
    match run.on(event.clone(), at(second)) {
        Err(refusal) => refusal,
        Ok(moved) => panic!("{event:?} was to be refused, and led to {:?}", moved.next.state),
    }
}

fn already() -> RunRefusal {
    RunRefusal::Already { run: run_id() }
}

fn stop(why: Stop, second: i64, told: bool) -> Option<RunStop> {
    Some(RunStop { why, at: at(second), told, half_made: false })
}

fn look_at_run_and_flow() -> [Effect; 2] {
    [Effect::WakeRun(run_id()), Effect::WakeFlow(run_id().flow)]
}

#[test]
fn a_run_goes_from_its_making_to_its_analysis() {
    let run = creating();
    assert_eq!((run.due(), run.result()), (Some(at(0)), None), "its jobs are owed at once");

    let told = moved(&run, created(2), 1);
    assert_eq!(told.effects, [Effect::WakeScheduler]);
    let run = told.next;
    assert_eq!(run.state, RunState::InProgress { started_at: at(1), stop: None });
    assert_eq!((run.jobs_made, &run.spec, run.due()), (2, &Some(spec()), Some(at(1001))));

    let told = moved(&run, counted(2, 2, 0), 50);
    assert_eq!(told.effects, look_at_run_and_flow());
    let run = told.next;
    assert_eq!(run.state, RunState::Completed { started_at: Some(at(1)), completed_at: at(50), result: RunResult::Ok });
    assert_eq!(run.due(), Some(at(50)), "its analysis is owed at once");

    let told = moved(&run, RunEvent::Processed, 51);
    assert_eq!(told.effects, [Effect::WakeFlow(run_id().flow)]);
    let run = told.next;
    assert_eq!(
        run.state,
        RunState::Processed { started_at: Some(at(1)), completed_at: at(50), processed_at: at(51), result: RunResult::Ok }
    );
    assert_eq!((run.due(), run.is_completed(), run.result()), (None, true, Some(RunResult::Ok)));
}

#[test]
fn a_run_without_jobs_completes_at_once_with_a_note() {
    let told = moved(&creating(), created(0), 1);
    assert_eq!(told.effects, look_at_run_and_flow());
    let run = told.next;
    assert_eq!(run.note.as_deref(), Some("the stage has no jobs"));
    assert_eq!(run.state, RunState::Completed { started_at: None, completed_at: at(1), result: RunResult::Ok });
    assert_eq!(run.jobs_made, 0);
}

#[test]
fn a_schema_in_error_is_a_run_in_error() {
    let told = moved(&creating(), RunEvent::Invalid { note: "line 3: no such tool".to_owned() }, 1);
    assert_eq!(told.effects, look_at_run_and_flow());
    assert_eq!((told.next.result(), told.next.note.as_deref()), (Some(RunResult::Error), Some("line 3: no such tool")));
}

#[test]
fn jobs_are_made_once() {
    for run in [in_progress(), completed(), processed()] {
        assert_eq!(refused(&run, created(5), 60), already());
        assert_eq!(refused(&run, RunEvent::Invalid { note: String::new() }, 60), already());
    }
}

#[test]
fn a_manual_run_waits_for_a_person() {
    let held = moved(&creating(), RunEvent::Hold, 1);
    assert_eq!(held.effects, [Effect::WakeFlow(run_id().flow)]);
    let run = held.next;
    assert_eq!((&run.state, run.due()), (&RunState::Manual, None), "nothing is owed, for however long");
    assert_eq!(refused(&run, created(2), 5), already(), "nobody else starts it");

    let released = moved(&run, RunEvent::Release, 500);
    assert_eq!(released.effects, [Effect::WakeRun(run_id())]);
    let run = released.next;
    assert_eq!((&run.state, &run.reason), (&RunState::Creating, &RunReason::Person));
    assert_eq!(run.wanted_at(), at(500), "as new as the wish");

    let run = after(&run, created(1), 501);
    assert_eq!(run.state, RunState::InProgress { started_at: at(501), stop: None }, "its time begins now");
}

#[test]
fn only_a_manual_run_is_started_by_hand() {
    for run in [creating(), in_progress(), completed(), processed()] {
        let expected = RunRefusal::NotNow { run: run_id(), state: run.state.as_str(), wanted: "started by hand" };
        assert_eq!(refused(&run, RunEvent::Release, 60), expected);
    }
}

#[test]
fn a_run_is_in_progress_until_its_last_job_is_over() {
    assert_eq!(refused(&in_progress(), counted(2, 1, 1), 30), already());
    assert_eq!(refused(&in_progress(), counted(2, 0, 0), 30), already());
    let one_executes = RunCounts { total: 2, executing: 1, completed: 1, error: 0 };
    assert_eq!(refused(&in_progress(), RunEvent::Counted(one_executes), 30), already());
}

#[test]
fn counts_that_have_not_arrived_complete_nothing() {
    assert_eq!(refused(&in_progress(), RunEvent::Counted(RunCounts::default()), 30), already());
}

#[test]
fn one_job_in_error_is_a_run_in_error() {
    assert_eq!(after(&in_progress(), counted(2, 2, 1), 50).result(), Some(RunResult::Error));
}

#[test]
fn counting_again_changes_nothing() {
    assert_eq!(refused(&completed(), counted(2, 2, 1), 60), already());
    assert_eq!(refused(&processed(), counted(2, 2, 1), 60), already());
    assert_eq!(refused(&processed(), RunEvent::Processed, 60), already());
}

#[test]
fn the_time_of_a_run_is_up_once() {
    let run = in_progress();
    assert_eq!(refused(&run, RunEvent::Tick, 1000), already());

    let up = moved(&run, RunEvent::Tick, 1001);
    assert_eq!(up.effects, [Effect::WakeRun(run_id())]);
    let run = up.next;
    assert_eq!(run.state, RunState::InProgress { started_at: at(1), stop: stop(Stop::TimeUp, 1001, false) }, "its jobs end one by one");
    assert_eq!(run.note.as_deref(), Some("the run took longer than its 1000 s"));
    assert_eq!(refused(&run, RunEvent::Tick, 1100), already());
    assert_eq!(run.due(), Some(at(1001)), "it is looked at until all its jobs know");

    let run = after(&run, RunEvent::Told, 1002);
    assert_eq!(run.state, RunState::InProgress { started_at: at(1), stop: stop(Stop::TimeUp, 1001, true) });
    assert_eq!((run.due(), refused(&run, RunEvent::Told, 1003)), (Some(at(1061)), already()), "and again when all must be over");

    let run = after(&run, counted(2, 2, 1), 1010);
    assert_eq!((run.result(), run.note.is_some()), (Some(RunResult::Error), true));
}

#[test]
fn a_cancelled_run_without_jobs_is_over_at_once() {
    for run in [creating(), manual()] {
        let told = moved(&run, RunEvent::Cancel, 5);
        assert_eq!(told.effects, look_at_run_and_flow());
        let run = told.next;
        assert_eq!(run.state, RunState::Completed { started_at: None, completed_at: at(5), result: RunResult::Cancelled });
        assert_eq!(refused(&run, created(2), 6), already(), "whoever was just making its jobs must not add them");
    }
}

#[test]
fn a_cancelled_run_with_jobs_ends_with_the_last_of_them() {
    let cancelled = moved(&in_progress(), RunEvent::Cancel, 5);
    assert_eq!(cancelled.effects, [Effect::WakeRun(run_id())]);
    let run = cancelled.next;
    assert_eq!(run.state, RunState::InProgress { started_at: at(1), stop: stop(Stop::Cancelled, 5, false) });
    assert_eq!((run.due(), refused(&run, RunEvent::Cancel, 6)), (Some(at(5)), already()));

    let run = after(&run, RunEvent::Told, 7);
    assert_eq!((run.due(), refused(&run, RunEvent::Cancel, 8)), (Some(at(65)), already()));
    assert_eq!(refused(&run, RunEvent::Tick, 5000), already(), "nor is its time up any more");
    assert_eq!(after(&run, counted(2, 2, 2), 9).result(), Some(RunResult::Error));
}

#[test]
fn a_large_run_that_is_cancelled_while_its_jobs_are_made_leaves_none_behind() {
    let begun = Run { spec: Some(spec()), jobs_made: 3000, ..creating() };
    for (event, without_jobs) in
        [(RunEvent::Cancel, RunResult::Cancelled), (RunEvent::Invalid { note: "gone".to_owned() }, RunResult::Error)]
    {
        let told = moved(&begun, event, 5);
        assert_eq!(told.effects, [Effect::WakeRun(run_id())]);
        let run = told.next;
        let wish = stop(Stop::Cancelled, 5, false).map(|stop| RunStop { half_made: true, ..stop });
        assert_eq!(run.state, RunState::InProgress { started_at: at(5), stop: wish });
        assert_eq!(refused(&run, created(3000), 6), already(), "whoever was just making its jobs must not add more");
        assert_eq!(refused(&run, counted(0, 0, 0), 6), already(), "those that are there have not been told");
        let run = after(&run, RunEvent::Told, 7);
        assert_eq!(after(&run, counted(0, 0, 0), 8).result(), Some(without_jobs));
        assert_eq!(after(&run, counted(90, 90, 90), 8).result(), Some(RunResult::Error));
        assert_eq!(after(&run, counted(90, 90, 0), 8).result(), Some(without_jobs), "those that were made are not the whole");
    }
}

#[test]
fn a_run_is_not_repeated_before_all_its_jobs_know_that_it_was_cancelled() {
    let cancelled = after(&in_progress(), RunEvent::Cancel, 5);
    assert!(matches!(refused(&cancelled, RunEvent::Rerun { jobs: 1 }, 6), RunRefusal::NotNow { .. }));
    let run = after(&after(&cancelled, RunEvent::Told, 7), RunEvent::Rerun { jobs: 1 }, 8);
    assert_eq!(run.state, RunState::InProgress { started_at: at(8), stop: None });
}

#[test]
fn a_rerun_reopens_the_run() {
    for run in [completed(), processed()] {
        let told = moved(&run, RunEvent::Rerun { jobs: 1 }, 100);
        assert_eq!(told.effects, [Effect::WakeFlow(run_id().flow), Effect::WakeScheduler]);
        let run = told.next;
        assert_eq!(run.state, RunState::InProgress { started_at: at(100), stop: None });
        assert_eq!((run.jobs_made, run.result(), run.due()), (3, None, Some(at(1100))));
    }
}

#[test]
fn a_rerun_while_others_run_starts_the_time_anew() {
    let run = after(&in_progress(), RunEvent::Rerun { jobs: 1 }, 900);
    assert_eq!(run.state, RunState::InProgress { started_at: at(900), stop: None });
    assert_eq!(run.jobs_made, 3, "the next number is free");
}

#[test]
fn a_rerun_after_the_time_was_up_has_its_own() {
    let late = after(&after(&in_progress(), RunEvent::Tick, 1001), RunEvent::Told, 1002);
    let ended = after(&late, counted(2, 2, 2), 1010);
    for run in [late, ended] {
        let run = after(&run, RunEvent::Rerun { jobs: 2 }, 1100);
        assert_eq!(run.note, None, "what was said of the time before holds no more");
        assert_eq!(refused(&run, RunEvent::Tick, 2099), already());
        assert!(matches!(after(&run, RunEvent::Tick, 2100).state, RunState::InProgress { stop: Some(_), .. }));
    }
}

#[test]
fn repeating_nothing_reopens_nothing() {
    // "Only those in error", and there are none.
    for run in [in_progress(), completed(), processed()] {
        assert_eq!(refused(&run, RunEvent::Rerun { jobs: 0 }, 100), already());
    }
}

#[test]
fn a_run_without_jobs_yet_cannot_be_repeated() {
    for run in [creating(), manual()] {
        let expected = RunRefusal::NotNow { run: run_id(), state: run.state.as_str(), wanted: "rerun" };
        assert_eq!(refused(&run, RunEvent::Rerun { jobs: 1 }, 5), expected);
    }
}
