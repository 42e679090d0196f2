use super::{
    super::fixture::{flow, job, plain, run},
    *,
};

fn told(before: Option<&Picture>, after: &Picture) -> Vec<String> {
    plain(&changes(before, after, &Look::for_tests()))
}

#[test]
fn the_first_picture_tells_everything() {
    let picture = flow("in_progress", vec![run(1, "tests", "in_progress", vec![job(1, "unit", "running"), job(2, "lint", "queued")])]);
    assert_eq!(
        told(None, &picture),
        [
            "12:00:00  flow 7. 01j9zqk3v5w8x2y4t6r7n0m1pa  in progress",
            "12:00:02  tests / unit  running",
            "12:00:00  tests / lint  queued",
            "12:00:00  tests  in progress  2 jobs",
        ]
    );
}

#[test]
fn then_only_what_changed() {
    let before = flow("in_progress", vec![run(1, "tests", "in_progress", vec![job(1, "unit", "running"), job(2, "lint", "queued")])]);
    let same = before.clone();
    assert!(told(Some(&before), &same).is_empty());

    let after = flow("completed", vec![run(1, "tests", "error", vec![job(1, "unit", "step_error"), job(2, "lint", "queued")])]);
    assert_eq!(
        told(Some(&before), &after),
        ["12:00:30  tests / unit  step error  28s", "12:01:00  tests  error  1m 00s, 1 of 2 jobs in error"]
    );
}
