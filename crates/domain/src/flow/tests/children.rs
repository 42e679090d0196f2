//! Which child stages start, and which don't.

use super::*;

fn stage(number: u32, name: &str, parents: &[&str]) -> StageNode {
    StageNode {
        id: stage_id(number),
        name: name.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        starts_with_parent: true,
        enabled: true,
    }
}

/// `build` and `lint` are roots; `test` waits for `build`, `release` for `test` and `lint`.
fn stages() -> Vec<StageNode> {
    vec![stage(1, "build", &[]), stage(2, "lint", &[]), stage(3, "test", &["build"]), stage(4, "release", &["test", "lint"])]
}

const TEST: (u32, &str) = (3, "test");
const RELEASE: (u32, &str) = (4, "release");

fn due(stages: &[StageNode], runs: &[Run]) -> Vec<String> {
    due_children(stages, runs).into_iter().map(|stage| stage.name.clone()).collect()
}

#[test]
fn a_child_starts_when_its_parent_is_done() {
    assert_eq!(due(&stages(), &[run(1, BUILD, over(RunResult::Ok))]), ["test"]);
    assert_eq!(due(&stages(), &[run(1, BUILD, analysed(RunResult::Ok))]), ["test"], "analysed or not");
}

#[test]
fn a_child_waits_for_a_parent_that_is_not_done() {
    for state in [RunState::Creating, RunState::Manual, open()] {
        assert!(due(&stages(), &[run(1, BUILD, state)]).is_empty());
    }
    assert!(due(&stages(), &[]).is_empty(), "no parent ran at all");
}

#[test]
fn a_job_in_error_blocks_and_a_cancelled_parent_too() {
    for result in [RunResult::Error, RunResult::Cancelled] {
        assert!(due(&stages(), &[run(1, BUILD, over(result))]).is_empty());
    }
}

#[test]
fn a_parent_without_jobs_starts_nothing() {
    let empty = Run { jobs_made: 0, ..run(1, BUILD, over(RunResult::Ok)) };
    assert!(due(&stages(), &[empty]).is_empty());
}

#[test]
fn a_parent_that_was_repeated_with_newer_code_no_longer_counts() {
    let newer = run(2, BUILD, over(RunResult::Ok));
    let mut older = run(1, BUILD, over(RunResult::Error));
    assert!(due(&stages(), &[older.clone(), newer.clone()]).is_empty());
    older.covered_by = Some(newer.id);
    assert_eq!(due(&stages(), &[older.clone(), newer.clone()]), ["test"]);
    assert!(due(&stages(), &[older.clone(), run(2, BUILD, open())]).is_empty());
    let flow = Flow { state: FlowState::InProgress { cancelled: false }, ..flow() };
    let settled = flow.settle(&[older, newer], at(50)).map(|flow| flow.state);
    assert!(matches!(settled, Some(FlowState::Completed { result: Some(RunResult::Ok), .. })), "{settled:?}");
}

#[test]
fn a_stage_starts_once() {
    let build = run(1, BUILD, over(RunResult::Ok));
    for state in [RunState::Creating, RunState::Manual, open(), over(RunResult::Error), over(RunResult::Cancelled)] {
        assert!(due(&stages(), &[build.clone(), run(2, TEST, state)]).is_empty());
    }
}

#[test]
fn a_stage_that_a_person_started_before_is_not_started_again() {
    let by_hand = Run { reason: RunReason::Person, ..run(1, TEST, over(RunResult::Ok)) };
    assert!(due(&stages(), &[by_hand, run(2, BUILD, over(RunResult::Ok))]).is_empty());
}

#[test]
fn a_parent_that_succeeds_only_when_repeated_starts_its_child_then() {
    let mut build = run(1, BUILD, over(RunResult::Error));
    assert!(due(&stages(), std::slice::from_ref(&build)).is_empty());
    build.state = open();
    assert!(due(&stages(), std::slice::from_ref(&build)).is_empty());
    build.state = over(RunResult::Ok);
    assert_eq!(due(&stages(), &[build]), ["test"]);
}

#[test]
fn a_child_waits_for_all_its_parents() {
    let build = run(1, BUILD, over(RunResult::Ok));
    let test = run(2, TEST, over(RunResult::Ok));
    assert!(due(&stages(), &[build.clone(), test.clone()]).is_empty(), "lint has not run");
    assert!(due(&stages(), &[build.clone(), test.clone(), run(3, LINT, open())]).is_empty());
    assert!(due(&stages(), &[build.clone(), test.clone(), run(3, LINT, over(RunResult::Error))]).is_empty());
    assert_eq!(due(&stages(), &[build, test, run(3, LINT, over(RunResult::Ok))]), ["release"]);
}

#[test]
fn all_runs_of_a_parent_count() {
    let first = run(1, BUILD, over(RunResult::Ok));
    assert!(due(&stages(), &[first.clone(), run(2, BUILD, open())]).is_empty());
    assert!(due(&stages(), &[first.clone(), run(2, BUILD, over(RunResult::Error))]).is_empty());
    assert_eq!(due(&stages(), &[first, run(2, BUILD, over(RunResult::Ok))]), ["test"]);
}

#[test]
fn two_children_start_together_in_the_order_of_the_stages() {
    let mut stages = stages();
    stages.push(stage(5, "docs", &["build"]));
    assert_eq!(due(&stages, &[run(1, BUILD, over(RunResult::Ok))]), ["test", "docs"]);
    assert_eq!(due(&stages, &[run(1, BUILD, over(RunResult::Ok)), run(2, TEST, open())]), ["docs"]);
}

#[test]
fn disabled_stages_and_those_that_wait_to_be_asked_do_not_start() {
    let build = [run(1, BUILD, over(RunResult::Ok))];
    let mut stages = stages();
    stages[2].enabled = false;
    assert!(due(&stages, &build).is_empty());
    stages[2].enabled = true;
    stages[2].starts_with_parent = false;
    assert!(due(&stages, &build).is_empty());
}

#[test]
fn roots_are_nobodys_children() {
    assert!(due(&[stage(1, "build", &[])], &[]).is_empty());
    let done = [run(1, TEST, over(RunResult::Ok)), run(2, LINT, over(RunResult::Ok))];
    assert_eq!(due(&stages(), &done), [RELEASE.1], "build has no run, and gets none here");
}
