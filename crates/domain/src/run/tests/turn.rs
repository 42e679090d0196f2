//! A run of a group of which at most one is in progress.

use super::*;
use crate::concurrency::Membership;

fn other() -> RunId {
    RunId { flow: FlowId::new(1, 9), number: 1 }
}

fn in_group(run: Run) -> Run {
    let concurrency = Some(Membership { group: "deploy".to_owned(), cancel_in_progress: false, superseded_by: None });
    Run { concurrency, ..run }
}

#[test]
fn it_waits_until_its_turn_comes() {
    let waiting = moved(&in_group(creating()), RunEvent::Wait { behind: other() }, 5);
    assert_eq!(waiting.effects, []);
    let waiting = waiting.next;
    assert_eq!((waiting.state.as_str(), waiting.due(), waiting.is_completed()), ("creating", Some(at(605)), false));
    assert_eq!(waiting.remark(), Some(format!("waits for its turn behind run {} of its group", other())));
    assert_eq!(refused(&waiting, created(2), 6), already());
    let text = serde_json::to_string(&waiting).unwrap();
    assert_eq!(serde_json::from_str::<Run>(&text).unwrap(), waiting);

    let still = moved(&waiting, RunEvent::Wait { behind: other() }, 700);
    assert_eq!((still.next.due(), still.effects), (Some(at(1300)), vec![]), "a look that finds nothing is over for now");
    assert_eq!(after(&still.next, RunEvent::Turn, 701).state, RunState::Creating);

    let turn = moved(&waiting, RunEvent::Turn, 7);
    assert_eq!((&turn.next.state, turn.effects), (&RunState::Creating, vec![Effect::WakeRun(run_id())]));
    assert_eq!(refused(&turn.next, RunEvent::Turn, 8), already());
    assert_eq!(after(&waiting, RunEvent::Cancel, 7).result(), Some(RunResult::Cancelled));
}

#[test]
fn a_newer_one_takes_its_place() {
    let superseded = RunEvent::Supersede { by: other() };
    for run in [in_group(creating()), after(&in_group(creating()), RunEvent::Wait { behind: other() }, 5)] {
        let over = after(&run, superseded.clone(), 9);
        assert_eq!((over.result(), over.remark()), (Some(RunResult::Cancelled), Some(format!("superseded by run {}", other()))));
    }
    let stopping = after(&in_group(in_progress()), superseded.clone(), 9);
    assert_eq!(stopping.state, RunState::InProgress { started_at: at(1), stop: stop(Stop::Cancelled, 9, false) });
    assert_eq!(refused(&in_group(completed()), superseded, 60), already());
    let again = after(&after(&stopping, RunEvent::Told, 10), RunEvent::Rerun { jobs: 1 }, 60);
    assert_eq!((again.superseded_by(), again.remark()), (None, None), "somebody wants it after all");
}
