#![allow(clippy::unwrap_used)]
use kraken_domain::{
    BranchId, ProjectId, StageId, Timestamp,
    flow::FlowKind,
    notice::{Channel, Happened},
};

use super::*;

fn turn() -> Turn {
    Turn {
        run: RunId { flow: FlowId::new(1, 1), number: 1 },
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        kind: FlowKind::Ci,
        sequence: 7,
        version: 2,
        at: Timestamp::from_second(1_800_000_000).unwrap(),
        happened: Happened::Started,
    }
}

#[test]
fn whom_to_tell_is_asked_again_when_a_service_is_silent() {
    let silent = ControlError::NoAnswer { service: "the object store", detail: "503".to_owned() };
    let asked = or_nobody(&turn(), Err(silent)).unwrap_err();
    assert!(matches!(asked, ControlError::NoAnswer { service: "the object store", .. }), "{asked}");
    assert!(or_nobody(&turn(), Err(ControlError::Unavailable("later".to_owned()))).is_err());
}

#[test]
fn a_stage_that_can_never_be_read_tells_nobody_and_holds_up_no_other() {
    assert_eq!(or_nobody(&turn(), Err(ControlError::Damaged("no JSON".to_owned()))).unwrap(), Vec::new());
    let wanted = vec![Wanted { channel: Channel::Slack, on: BTreeSet::new() }];
    assert_eq!(or_nobody(&turn(), Ok(wanted.clone())).unwrap(), wanted);
}
