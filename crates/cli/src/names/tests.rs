#![allow(clippy::unwrap_used)]

use super::*;

const ULID: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";

#[test]
fn a_branch_may_hold_slashes() {
    let branch: BranchName = "demo/feature/x".parse().unwrap();
    assert_eq!((branch.project.as_str(), branch.branch.as_str()), ("demo", "feature/x"));
    let stage: StageName = "demo/feature/x/unit".parse().unwrap();
    assert_eq!((stage.branch.branch.as_str(), stage.stage.as_str()), ("feature/x", "unit"));
}

#[test]
fn half_names_are_refused() {
    for text in ["demo", "demo/", "/main", "", "/"] {
        assert!(text.parse::<BranchName>().is_err(), "{text:?}");
    }
    for text in ["demo/main", "demo/main/", "demo//", "x"] {
        assert!(text.parse::<StageName>().is_err(), "{text:?}");
    }
}

#[test]
fn ids_are_seen_as_ids() {
    assert!(matches!(ULID.parse().unwrap(), BranchRef::Id(_)));
    assert!(matches!(ULID.parse().unwrap(), StageRef::Id(_)));
    assert!(matches!(ULID.parse().unwrap(), AgentRef::Id(_)));
    assert!(matches!("host-1".parse().unwrap(), AgentRef::Named(_)));
    assert!("main".parse::<BranchRef>().unwrap_err().contains("PROJECT/BRANCH"));
}

#[test]
fn flows_runs_and_jobs_are_told_apart() {
    assert!(matches!(ULID.parse().unwrap(), Subject::Flow(_)));
    assert!(matches!(format!("{ULID}-2").parse().unwrap(), Subject::Run(_)));
    assert!(matches!(format!("{ULID}-2-13").parse().unwrap(), Subject::Job(_)));
    for text in ["x", "01j9-2", "", &format!("{ULID}-0"), &format!("{ULID}-2-13-1")] {
        assert!(text.parse::<Subject>().is_err(), "{text:?}");
    }
}

#[test]
fn the_value_of_an_assignment_may_hold_anything() {
    let assignment: Assignment = "url=http://x/?a=b".parse().unwrap();
    assert_eq!((assignment.name.as_str(), assignment.value.as_str()), ("url", "http://x/?a=b"));
    assert!("=x".parse::<Assignment>().is_err());
    assert!("x".parse::<Assignment>().is_err());
}
