#![allow(clippy::unwrap_used)]
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn ids() -> (BranchId, ProjectId, ProjectId) {
    (BranchId::new(1, 3), ProjectId::new(1, 1), ProjectId::new(1, 2))
}

fn begun() -> Move {
    let (branch, from, to) = ids();
    Move::new(branch, from, to, at(0))
}

#[test]
fn all_of_the_history_follows_and_then_what_started_at_the_moment_of_the_move() {
    let begun = begun();
    assert_eq!((begun.due, begun.at), (at(0), None));
    assert!(begun.reaches(Timestamp::MIN) && begun.reaches(at(99)));
    let half = begun.so_far(MoveAt { before: Some(FlowId::new(7, 7)), ..MoveAt::newest(FlowKind::Dev) });
    assert_eq!((half.due, half.at.unwrap().kind), (at(0), FlowKind::Dev));

    let again = half.through().unwrap();
    assert_eq!((again.at, again.due), (None, at(STARTS_WITHIN_S)), "from the newest flow on, when all that was begun before is there");
    assert!(again.reaches(at(99)) && again.reaches(at(0)) && again.reaches(at(-MADE_BEFORE_S)));
    assert!(!again.reaches(at(-MADE_BEFORE_S - 1)));
    assert_eq!(again.so_far(MoveAt::newest(FlowKind::Ci)).through(), None);
}

#[test]
fn a_note_survives_the_store() {
    for note in [begun(), begun().so_far(MoveAt::newest(FlowKind::Ci)), begun().through().unwrap()] {
        let text = serde_json::to_string(&note).unwrap();
        assert_eq!(serde_json::from_str::<Move>(&text).unwrap(), note);
    }
    let end = Move { moved_at: Timestamp::MAX, ..begun() };
    assert_eq!(end.through().unwrap().due, Timestamp::MAX);
}
