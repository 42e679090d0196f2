#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;

use super::*;
use crate::{
    ProjectId,
    flow::{FlowReason, Sequence},
};

const NOTHING: Keep = Keep { days: None, flows: None, logs_days: None, artifacts_days: None };

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + day * DAY_S).unwrap()
}

/// A flow that was made that day and completed an hour later.
fn flow(day: i64) -> Flow {
    let created_at = at(day);
    Flow {
        id: FlowId::new(u64::try_from(created_at.as_millisecond()).unwrap(), 7),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        kind: FlowKind::Ci,
        label: "7.".to_owned(),
        sequence: Sequence { shared: 7, own: 3 },
        branch_name: "main".to_owned(),
        created_at,
        reason: FlowReason::Person,
        started_by: None,
        change: None,
        args: BTreeMap::new(),
        runs_made: 1,
        retention: Retained::default(),
        state: FlowState::Completed { completed_at: after(created_at, 3600), cancelled: false, result: None },
    }
}

/// One for each of these days, newest first.
fn flows(days: impl DoubleEndedIterator<Item = i64>) -> Vec<Flow> {
    days.rev().map(flow).collect()
}

fn gone(keep: Keep, flows: &[Flow], now: Timestamp) -> Vec<i64> {
    let fates = keep.fates(flows, now).into_iter().filter(|(_, fate)| fate.goes);
    fates.map(|(flow, _)| (flow.created_at.as_second() - 1_800_000_000) / DAY_S).collect()
}

#[test]
fn a_flow_is_kept_that_is_young_enough_or_among_the_newest() {
    let all = flows(0..10);
    assert_eq!(gone(NOTHING, &all, at(1000)), Vec::<i64>::new());
    assert_eq!(gone(Keep { days: Some(5), ..NOTHING }, &all, at(10)), [4, 3, 2, 1, 0]);
    assert_eq!(gone(Keep { flows: Some(3), ..NOTHING }, &all, at(12)), [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(gone(Keep { days: Some(5), flows: Some(8), ..NOTHING }, &all, at(10)), [1, 0]);
    assert_eq!(gone(Keep { days: Some(5), flows: Some(3), ..NOTHING }, &all, at(10)), [4, 3, 2, 1, 0]);
    assert_eq!(gone(Keep { days: Some(5), ..NOTHING }, &all, at(1000)), [8, 7, 6, 5, 4, 3, 2, 1, 0], "the newest stays");
    assert_eq!(gone(Keep { flows: Some(1), ..NOTHING }, &all[..1], at(1000)), Vec::<i64>::new());
}

#[test]
fn what_is_in_progress_kept_or_hardly_over_stays() {
    let mut all = flows(0..4);
    all[1].state = FlowState::InProgress { cancelled: false };
    all[2].retention.keep = true;
    let keep = Keep { flows: Some(1), logs_days: Some(1), artifacts_days: Some(1), ..NOTHING };
    assert_eq!(keep.fates(&all, at(100)).len(), 1);
    assert_eq!(gone(keep, &all, at(100)), [0]);
    assert_eq!(gone(keep, &flows(0..4), at(3)), [1, 0], "it rests a day after it completed");
}

#[test]
fn logs_and_artifacts_may_go_before_the_flow_and_only_once() {
    let mut all = flows(0..3);
    let keep = Keep { days: Some(30), logs_days: Some(10), artifacts_days: Some(5), ..NOTHING };
    let fates = |all: &[Flow], day| {
        let fates = keep.fates(all, at(day));
        fates.into_iter().map(|(_, fate)| (fate.goes, fate.loses_logs, fate.loses_artifacts)).collect::<Vec<_>>()
    };
    assert!(fates(&all, 4).is_empty());
    assert_eq!(fates(&all, 7), [(false, false, true), (false, false, true)]);
    assert_eq!(fates(&all, 20), [(false, true, true), (false, true, true)]);
    all[1].retention.without_artifacts_since = Some(at(8));
    assert_eq!(fates(&all, 8), [(false, false, true)]);
    assert_eq!(fates(&all, 50), [(true, false, false), (true, false, false)]);
    // It ran again since: what was made goes in its turn.
    all[1].state = FlowState::Completed { completed_at: at(9), cancelled: false, result: None };
    assert_eq!(fates(&all, 13), [(false, true, true)]);
    assert_eq!(fates(&all, 14), [(false, false, true), (false, true, true)]);
}

#[test]
fn nothing_young_need_be_looked_at() {
    let since = |keep: Keep| keep.nothing_since(at(100));
    assert_eq!(since(NOTHING), None);
    assert_eq!(since(Keep { days: Some(10), ..NOTHING }), Some(at(90)));
    assert_eq!(since(Keep { days: Some(10), flows: Some(2), artifacts_days: Some(3), ..NOTHING }), Some(at(97)));
    assert_eq!(since(Keep { flows: Some(2), ..NOTHING }), Some(at(99)));
}

#[test]
fn wrong_numbers_are_named() {
    let wrong = Policy {
        ci: Keep { days: Some(0), flows: Some(10_001), ..NOTHING },
        dev: Keep { logs_days: Some(36_501), artifacts_days: Some(u32::MAX), ..NOTHING },
    };
    let places: Vec<_> = wrong.problems().into_iter().map(|(path, _)| path).collect();
    assert_eq!(places, ["/ci/days", "/ci/flows", "/dev/logs_days", "/dev/artifacts_days"]);
    assert!(Policy::default().problems().is_empty());
    let widest = Keep { days: Some(DAYS_MAX), flows: Some(FLOWS_MAX), logs_days: Some(1), artifacts_days: Some(1) };
    assert!(Policy { ci: widest, dev: NOTHING }.problems().is_empty());
}

#[test]
fn flows_of_a_branch_that_is_gone_go_as_soon_as_they_rested() {
    let (mut over, mut open) = (flow(0), flow(0));
    over.retention.keep = true;
    open.state = FlowState::InProgress { cancelled: true };
    assert_eq!((fate_of_gone(&over, at(1)), fate_of_gone(&over, at(2))), (Fate::STAYS, Fate::GOES));
    assert_eq!(fate_of_gone(&open, at(1000)), Fate::STAYS);
}

#[test]
fn a_look_is_a_day_after_the_other_and_ends_with_the_branch() {
    let id = BranchId::new(1, 1);
    let sweep = Sweep::first(id, at(0));
    assert_eq!(sweep.due, at(1));
    let half = sweep.so_far(SweepAt { kind: FlowKind::Dev, after: None, job: None });
    assert_eq!((half.due, half.done(at(3)).due, half.done(at(3)).at), (at(1), at(4), None));
    let gone = Sweep::of_gone(id, at(0));
    assert!(!gone.is_over(after(at(1), -1)) && gone.is_over(at(1)) && !sweep.is_over(at(1000)));
}

#[test]
fn what_is_not_said_is_as_nobody_said_anything() {
    let policy: Policy = serde_json::from_str(r#"{"dev": {"days": 7}}"#).unwrap();
    assert_eq!(policy, Policy { ci: Keep::ci(), dev: Keep { days: Some(7), ..NOTHING } });
}
