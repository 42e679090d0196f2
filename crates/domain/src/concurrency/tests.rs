use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::FlowId;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn run(number: u32) -> RunId {
    RunId { flow: FlowId::new(1, 1), number }
}

fn member(number: u32) -> Member {
    Member { since: at(i64::from(number)), sequence: u64::from(number), run: run(number) }
}

fn group() -> Group {
    Group::new(ProjectId::new(1, 2), "deploy".to_owned())
}

fn nobody(_: RunId) -> bool {
    false
}

#[test]
fn a_newer_run_cancels_the_older_one() {
    let (group, entry) = group().enter(member(1), true, at(1), nobody);
    assert_eq!(entry, Entry::Start { cancel: vec![] });
    let (group, entry) = group.enter(member(2), true, at(2), nobody);
    assert_eq!((entry, group.current), (Entry::Start { cancel: vec![run(1)] }, Some(member(2))));
    let (same, entry) = group.enter(member(1), true, at(3), nobody);
    assert_eq!((&same, entry), (&group, Entry::Superseded { by: run(2) }), "also when the older one comes last");
    let (_, entry) = group.enter(member(2), true, at(2), nobody);
    assert_eq!(entry, Entry::Start { cancel: vec![] }, "it asks again after it died half-way");
}

#[test]
fn the_newest_waits_for_its_turn() {
    let (group, _) = group().enter(member(1), false, at(1), nobody);
    let (group, entry) = group.enter(member(2), false, at(2), nobody);
    assert_eq!(entry, Entry::Wait { behind: run(1), cancel: None });
    let (group, entry) = group.enter(member(3), false, at(3), nobody);
    assert_eq!(entry, Entry::Wait { behind: run(1), cancel: Some(run(2)) });
    let (_, entry) = group.enter(member(2), false, at(3), nobody);
    assert_eq!(entry, Entry::Superseded { by: run(3) });

    let (group, turn) = group.leave(run(1), nobody).expect("a change");
    assert_eq!((turn, group.current, group.pending), (Some(run(3)), Some(member(3)), None));
    assert_eq!(group.leave(run(1), nobody), None, "once");
    let (waiting, _) = group.enter(member(4), false, at(4), nobody);
    let (kept, entry) = waiting.enter(member(3), false, at(5), nobody);
    assert_eq!((entry, kept.pending), (Entry::Start { cancel: vec![] }, Some(member(4))), "its turn came before the other one did");
}

#[test]
fn what_is_over_counts_as_gone() {
    let (group, _) = group().enter(member(1), false, at(1), nobody);
    let (group, _) = group.enter(member(2), false, at(2), nobody);
    let (started, entry) = group.enter(member(3), false, at(3), |_| true);
    assert_eq!((entry, started.current, started.pending), (Entry::Start { cancel: vec![] }, Some(member(3)), None));
    let (left, turn) = group.leave(run(1), |run| run == member(2).run).expect("a change");
    assert_eq!((left.current, turn), (None, None), "the one that waited was cancelled meanwhile");
    let (left, turn) = group.leave(run(2), nobody).expect("a change");
    assert_eq!((left.current, left.pending, turn), (Some(member(1)), None, None));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    New,
    Waits,
    Runs,
    Over,
}

proptest! {
    /// Runs enter in any sequence and end at any time.
    #[test]
    fn at_most_one_is_in_progress_and_the_newest_comes_through(
        order in Just((1_u32..8).collect::<Vec<_>>()).prop_shuffle(),
        ends in proptest::collection::vec(any::<bool>(), 7),
        cancels in any::<bool>(),
    ) {
        let (mut group, mut runs): (Group, BTreeMap<RunId, Is>) = (group(), (1..8).map(|number| (run(number), Is::New)).collect());
        let mut began = Vec::new();
        for (number, ends) in order.iter().zip(ends) {
            enter(&mut group, &mut runs, *number, cancels, &mut began);
            if ends {
                end(&mut group, &mut runs, cancels, &mut began);
            }
            let in_progress = runs.values().filter(|is| **is == Is::Runs).count();
            prop_assert!(in_progress <= 1, "{runs:?}");
        }
        while runs.values().any(|is| *is == Is::Runs) {
            end(&mut group, &mut runs, cancels, &mut began);
        }
        prop_assert!(runs.values().all(|is| *is == Is::Over), "none waits for ever: {runs:?}");
        prop_assert!(began.contains(&run(7)), "the newest ran: {began:?}");
    }
}

fn enter(group: &mut Group, runs: &mut BTreeMap<RunId, Is>, number: u32, cancels: bool, began: &mut Vec<RunId>) {
    let (next, entry) = group.enter(member(number), cancels, at(100), |run| runs[&run] == Is::Over);
    *group = next;
    let (is, cancelled) = match entry {
        Entry::Start { cancel } => {
            began.push(run(number));
            (Is::Runs, cancel)
        }
        Entry::Wait { cancel, .. } => (Is::Waits, cancel.into_iter().collect()),
        Entry::Superseded { .. } => (Is::Over, Vec::new()),
    };
    for run in cancelled {
        runs.insert(run, Is::Over);
    }
    runs.insert(run(number), is);
}

/// The run in progress ends, and lets on the next one, which enters again.
fn end(group: &mut Group, runs: &mut BTreeMap<RunId, Is>, cancels: bool, began: &mut Vec<RunId>) {
    let Some(over) = runs.iter().find(|(_, is)| **is == Is::Runs).map(|(run, _)| *run) else { return };
    runs.insert(over, Is::Over);
    if let Some((next, turn)) = group.leave(over, |run| runs[&run] == Is::Over) {
        *group = next;
        if let Some(turn) = turn {
            enter(group, runs, turn.number, cancels, began);
        }
    }
}
