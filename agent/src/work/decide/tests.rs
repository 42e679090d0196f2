#![allow(clippy::unwrap_used)]

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{super::script::tests::order, *};

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn life(steps: Value) -> Life {
    Life::new(Script::new(&order(steps)), 60)
}

fn end(reason: Reason, retcode: i32) -> Event {
    Event::StepFinished(Finished { retcode, reason, message: String::new() })
}

fn started(decision: &Decision) -> (u32, u32) {
    match &decision.action {
        Action::Start(step) => (step.index, step.attempt),
        other => panic!("{other:?}"),
    }
}

fn states(life: &Life) -> Vec<StepStatus> {
    life.steps().iter().map(|step| step.status).collect()
}

use StepStatus::{Done, Error, Skipped};

#[test]
fn steps_run_one_after_the_other() {
    let mut life = life(json!([{"tool": "a"}, {"tool": "b"}]));
    assert_eq!(started(&life.on(Event::Prepared, now())), (0, 1));
    assert_eq!(started(&life.on(end(Reason::Ok, 0), now())), (1, 1));
    assert_eq!(life.on(end(Reason::Ok, 0), now()).action, Action::Conclude);
    assert_eq!(states(&life), [Done, Done]);
    assert_eq!(life.verdict(), Verdict::plain(Outcome::Ok));
}

#[test]
fn the_first_failure_decides_and_later_steps_are_still_considered() {
    let mut life = life(json!([{"tool": "a"}, {"tool": "b"}, {"tool": "c", "when": "was_any_error"}]));
    life.on(Event::Prepared, now());
    assert_eq!(started(&life.on(end(Reason::StepTimeout, 124), now())), (2, 1));
    life.on(end(Reason::StepError, 1), now());
    assert_eq!(states(&life), [Error, Skipped, Error]);
    assert_eq!(life.verdict().outcome, Outcome::StepTimeout);
    assert_eq!(life.steps()[0].retcode, Some(124));
}

#[test]
fn a_job_of_steps_that_skip_is_ok() {
    let mut life = life(json!([{"tool": "a", "when": "never"}]));
    assert_eq!(life.on(Event::Prepared, now()).action, Action::Conclude);
    assert_eq!((states(&life), life.verdict().outcome), (vec![Skipped], Outcome::Ok));
}

#[test]
fn a_failing_step_is_tried_again_after_its_pause() {
    let mut life = life(json!([{"tool": "a", "attempts": 3, "sleep_time_after_attempt": 5}]));
    life.on(Event::Prepared, now());
    assert_eq!(life.on(end(Reason::StepError, 1), now()).action, Action::Pause(Duration::from_secs(5)));
    assert_eq!(started(&life.on(Event::PauseOver, now())), (0, 2));
    assert_eq!(life.on(Event::PauseOver, now()).action, Action::Wait, "late");
    life.on(end(Reason::StepError, 1), now());
    assert_eq!(started(&life.on(Event::PauseOver, now())), (0, 3));
    assert_eq!(life.on(end(Reason::StepError, 1), now()).action, Action::Conclude);
    assert_eq!(life.steps()[0].attempts, 3);
    assert_eq!(life.verdict().outcome, Outcome::StepError);
}

#[test]
fn a_missing_tool_is_not_looked_for_again() {
    let mut life = life(json!([{"tool": "a", "attempts": 3}]));
    life.on(Event::Prepared, now());
    assert_eq!(life.on(end(Reason::ToolMissing, 127), now()).action, Action::Conclude);
    assert_eq!(life.verdict().outcome, Outcome::ToolMissing);
}

#[test]
fn a_running_step_is_cancelled_and_its_end_is_waited_for() {
    for (event, outcome) in [
        (Event::Stop(Cause::Cancelled), Outcome::Cancelled),
        (Event::JobTimeUp, Outcome::JobTimeout),
        (Event::StepOvertime, Outcome::StepTimeout),
    ] {
        let mut life = life(json!([{"tool": "a"}, {"tool": "b", "when": "always"}]));
        life.on(Event::Prepared, now());
        assert_eq!(life.on(event, now()).action, Action::Cancel);
        assert_eq!(life.on(Event::Stop(Cause::Stale), now()).action, Action::Wait, "it is stopping already");
        assert_eq!(life.on(end(Reason::Cancelled, 143), now()).action, Action::Conclude);
        assert_eq!((states(&life), life.verdict().outcome), (vec![Error, Skipped], outcome));
    }
}

#[test]
fn a_failure_before_the_time_was_up_decides() {
    let mut life = life(json!([{"tool": "a"}, {"tool": "b", "when": "always"}]));
    life.on(Event::Prepared, now());
    life.on(end(Reason::StepError, 1), now());
    life.on(Event::JobTimeUp, now());
    life.on(end(Reason::Cancelled, 143), now());
    assert_eq!(life.verdict().outcome, Outcome::StepError);
}

#[test]
fn a_job_can_be_stopped_before_it_has_a_place_and_between_tries() {
    let mut early = life(json!([{"tool": "a"}]));
    assert_eq!(early.on(Event::Stop(Cause::Cancelled), now()).action, Action::Conclude);
    assert_eq!((states(&early), early.verdict().outcome), (vec![Skipped], Outcome::Cancelled));
    let mut pausing = life(json!([{"tool": "a", "attempts": 2, "sleep_time_after_attempt": 9}]));
    pausing.on(Event::Prepared, now());
    pausing.on(end(Reason::StepError, 1), now());
    assert_eq!(pausing.on(Event::Stop(Cause::Cancelled), now()).action, Action::Conclude);
    assert_eq!(states(&pausing), [Error]);
}

#[test]
fn a_place_that_breaks_ends_the_job() {
    let mut unprepared = life(json!([{"tool": "a"}]));
    let decision = unprepared.on(Event::PlaceLost("no disk for hunter2".into()), now());
    assert_eq!((decision.action, decision.notes), (Action::Conclude, vec!["kraken: no disk for ******".to_owned()]));
    assert_eq!(unprepared.verdict(), Verdict::because(Outcome::ExecutorError, "no disk for ******"));
    let mut running = life(json!([{"tool": "a"}, {"tool": "b", "when": "always"}]));
    running.on(Event::Prepared, now());
    running.on(Event::PlaceLost("gone".into()), now());
    assert_eq!((states(&running), running.verdict().outcome), (vec![Error, Skipped], Outcome::ExecutorError));
}

#[test]
fn a_log_that_cannot_be_kept_ends_the_job() {
    let mut life = life(json!([{"tool": "a"}]));
    life.on(Event::Prepared, now());
    assert_eq!(life.on(Event::LogLost("no space".into()), now()).action, Action::Cancel);
    life.on(end(Reason::Cancelled, 143), now());
    assert_eq!(life.verdict(), Verdict::because(Outcome::ExecutorError, "no space"));
}

fn any_event() -> impl Strategy<Value = Event> {
    let reason = prop_oneof![
        4 => Just(Reason::Ok),
        3 => Just(Reason::StepError),
        1 => Just(Reason::StepTimeout),
        1 => Just(Reason::ToolMissing),
        1 => Just(Reason::Cancelled)
    ];
    prop_oneof![
        2 => Just(Event::Prepared),
        6 => reason.prop_map(|reason| end(reason, 1)),
        3 => Just(Event::PauseOver),
        1 => Just(Event::StepOvertime),
        1 => Just(Event::JobTimeUp),
        1 => Just(Event::Stop(Cause::Cancelled)),
        1 => Just(Event::Stop(Cause::Stale)),
        1 => Just(Event::PlaceLost("gone".into())),
        1 => Just(Event::LogLost("full".into())),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_one_step_runs_at_most_and_the_end_is_the_end(events in prop::collection::vec(any_event(), 0..40)) {
        let mut life = life(json!([
            {"tool": "a"},
            {"tool": "b", "attempts": 2, "sleep_time_after_attempt": 1, "when": "always"},
            {"tool": "c", "when": "was_any_error"},
            {"tool": "d", "when": "nonsense("},
            {"tool": "e", "when": "always"},
        ]));
        let mut running = false;
        let mut over = None;
        for event in events {
            let ends = matches!(event, Event::StepFinished(_));
            // The executor only reports the end of what was started.
            if ends && !running {
                continue;
            }
            running &= !ends;
            let action = life.on(event, now()).action;
            if let Some((steps, verdict)) = &over {
                prop_assert_eq!(action, Action::Conclude);
                prop_assert_eq!((&life.steps(), &life.verdict()), (steps, verdict));
                continue;
            }
            let in_progress = life.steps().iter().filter(|step| step.status == StepStatus::InProgress).count();
            prop_assert!(in_progress <= 1);
            match action {
                Action::Start(_) => {
                    prop_assert!(!running);
                    running = true;
                }
                Action::Cancel => prop_assert!(running),
                Action::Conclude => {
                    prop_assert!(life.steps().iter().all(|step| step.status.is_final()));
                    prop_assert!(life.stopped().is_some() || life.verdict().outcome.is_ok() != life.steps().iter().any(|step| step.status == Error));
                    over = Some((life.steps(), life.verdict()));
                }
                Action::Wait | Action::Pause(_) => {}
            }
        }
    }
}
