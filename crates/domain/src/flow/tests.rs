//! The life of a flow, told as stories.
#![allow(clippy::unwrap_used)]

mod children;

use super::*;
use crate::{
    RunId, StageId,
    run::{RunReason, RunResult},
};

/// Seconds from the beginning of the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn flow() -> Flow {
    Flow {
        id: FlowId::new(1, 1),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        kind: FlowKind::Dev,
        label: "7.".to_owned(),
        sequence: Sequence { shared: 7, own: 3 },
        branch_name: "topic".to_owned(),
        created_at: at(0),
        reason: FlowReason::Person,
        started_by: None,
        change: None,
        args: BTreeMap::new(),
        runs_made: 1,
        retention: Retained::default(),
        state: FlowState::InProgress { cancelled: false },
    }
}

fn stage_id(number: u32) -> StageId {
    StageId::new(2, u128::from(number))
}

/// The run number `number` of the flow, of the stage with that number and name, with two jobs if it came to that.
fn run(number: u32, stage: (u32, &str), state: RunState) -> Run {
    let jobs_made = if matches!(state, RunState::Creating | RunState::Manual) { 0 } else { 2 };
    Run {
        id: RunId { flow: flow().id, number },
        project: flow().project,
        branch: flow().branch,
        stage: stage_id(stage.0),
        stage_name: stage.1.to_owned(),
        kind: FlowKind::Dev,
        label: "1.".to_owned(),
        sequence: 1,
        own_sequence: 1,
        created_at: at(0),
        args: BTreeMap::new(),
        reason: RunReason::Flow,
        spec: None,
        timeout_s: 1000,
        jobs_made,
        notices: false,
        note: None,
        audience: None,
        source_commit: None,
        ordered: false,
        concurrency: None,
        tally: None,
        covered_by: None,
        released_at: None,
        state,
    }
}

const BUILD: (u32, &str) = (1, "build");
const LINT: (u32, &str) = (2, "lint");

fn open() -> RunState {
    RunState::InProgress { started_at: at(1), stop: None }
}

fn over(result: RunResult) -> RunState {
    RunState::Completed { started_at: Some(at(1)), completed_at: at(9), result }
}

fn analysed(result: RunResult) -> RunState {
    RunState::Processed { started_at: Some(at(1)), completed_at: at(9), processed_at: at(10), result }
}

#[test]
fn a_flow_is_completed_with_the_last_of_its_runs() {
    let runs = [run(1, BUILD, over(RunResult::Ok)), run(2, LINT, open())];
    assert_eq!(flow().settle(&runs, at(10)), None, "one still runs");

    let runs = [run(1, BUILD, over(RunResult::Ok)), run(2, LINT, analysed(RunResult::Error))];
    let flow = flow().settle(&runs, at(20)).unwrap();
    assert_eq!(flow.state, FlowState::Completed { completed_at: at(20), cancelled: false, result: Some(RunResult::Error) });
    assert_eq!(flow.settle(&runs, at(30)), None, "asking again changes nothing");
}

#[test]
fn a_run_being_made_or_waiting_for_a_person_keeps_a_flow_open() {
    for state in [RunState::Creating, RunState::Manual] {
        let runs = [run(1, BUILD, over(RunResult::Ok)), run(2, LINT, state)];
        assert_eq!(flow().settle(&runs, at(10)), None);
    }
}

#[test]
fn a_flow_without_runs_is_over() {
    assert_eq!(flow().settle(&[], at(1)).unwrap().state.as_str(), "completed");
}

#[test]
fn a_rerun_reopens_a_flow() {
    let done = flow().settle(&[run(1, BUILD, over(RunResult::Ok))], at(10)).unwrap();
    let reopened = done.settle(&[run(1, BUILD, open())], at(20)).unwrap();
    assert_eq!(reopened.state, FlowState::InProgress { cancelled: false });
    let done = reopened.settle(&[run(1, BUILD, over(RunResult::Ok))], at(30)).unwrap();
    assert_eq!(done.state, FlowState::Completed { completed_at: at(30), cancelled: false, result: Some(RunResult::Ok) });
}

#[test]
fn a_new_run_takes_the_next_number_and_reopens_the_flow() {
    let done = flow().settle(&[run(1, BUILD, over(RunResult::Ok))], at(10)).unwrap();
    let more = done.with_runs(2);
    assert_eq!((more.runs_made, more.state), (3, FlowState::InProgress { cancelled: false }));
}

#[test]
fn a_cancelled_flow_stays_cancelled_to_its_end_and_after() {
    let cancelled = flow().cancel().unwrap();
    assert_eq!(cancelled.effects, []);
    let flow = cancelled.next;
    assert!(flow.is_cancelled());
    assert_eq!(flow.cancel(), None, "cancelled twice");

    assert_eq!(flow.settle(&[run(1, BUILD, open())], at(5)), None, "its jobs are still stopping");
    let done = flow.settle(&[run(1, BUILD, over(RunResult::Error))], at(9)).unwrap();
    assert_eq!(done.state, FlowState::Completed { completed_at: at(9), cancelled: true, result: Some(RunResult::Error) });
    assert_eq!(done.cancel(), None);

    let reopened = done.settle(&[run(1, BUILD, open())], at(20)).unwrap();
    assert!(reopened.is_cancelled(), "a look at the runs decides nothing about the wish");
}

#[test]
fn who_wants_more_of_a_cancelled_flow_wants_it_again() {
    let flow = flow().cancel().unwrap().next;
    assert!(!flow.with_runs(1).is_cancelled());
    assert!(!flow.with_runs(0).is_cancelled(), "a rerun inside one of its runs");
}

#[test]
fn a_flow_that_is_over_cannot_be_cancelled() {
    let done = flow().settle(&[], at(10)).unwrap();
    assert_eq!(done.cancel(), None);
}

#[test]
fn every_state_survives_the_store() {
    let done = flow().settle(&[], at(10)).unwrap();
    let cancelled = flow().cancel().unwrap().next;
    for flow in [flow(), done, cancelled.settle(&[], at(10)).unwrap(), cancelled] {
        let text = serde_json::to_string(&flow).unwrap();
        assert!(text.contains(&format!(r#""state":"{}""#, flow.state.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Flow>(&text).unwrap(), flow);
    }
}
