use super::{
    super::fixture::{flow, job, plain, run},
    *,
};

#[test]
fn a_flow_goes_on_until_the_server_says_so() {
    let done = || run(1, "tests", "ok", vec![job(1, "unit", "ok")]);
    assert_eq!(ending(&flow("in_progress", vec![done()])), None);
    assert_eq!(ending(&flow("completed", vec![done()])), Some(Ending::Ok));
    assert_eq!(ending(&flow("completed", Vec::new())), Some(Ending::Ok));
}

#[test]
fn one_run_in_error_is_enough() {
    let runs = vec![run(1, "tests", "ok", Vec::new()), run(2, "lint", "error", Vec::new()), run(3, "x", "cancelled", Vec::new())];
    assert_eq!(ending(&flow("completed", runs)), Some(Ending::Error));
    let mut cancelled = flow("completed", vec![run(1, "tests", "error", Vec::new())]);
    cancelled.flow.cancelled = true;
    assert_eq!(ending(&cancelled), Some(Ending::Cancelled));
}

#[test]
fn what_only_a_person_can_go_on_with_is_an_end() {
    let manual = || run(2, "deploy", "manual", Vec::new());
    assert_eq!(ending(&flow("in_progress", vec![run(1, "tests", "ok", Vec::new()), manual()])), Some(Ending::Manual));
    assert_eq!(ending(&flow("in_progress", vec![run(1, "tests", "error", Vec::new()), manual()])), Some(Ending::Error));
    assert_eq!(ending(&flow("in_progress", vec![run(1, "tests", "in_progress", Vec::new()), manual()])), None);
    // Its children may still come.
    assert_eq!(ending(&flow("in_progress", vec![run(1, "tests", "completed", Vec::new()), manual()])), None);
}

#[test]
fn the_summary_says_what_failed_and_where_to_read_on() {
    let mut wrong = job(2, "unit", "step_error");
    wrong.message = Some("step 1 ended with 2".to_owned());
    let picture = flow("completed", vec![run(1, "tests", "error", vec![job(1, "lint", "ok"), wrong])]);
    assert_eq!(
        plain(&summary(&picture, Ending::Error, &Look::for_tests())),
        [
            "flow 7. ended in error after 1m 03s: 1 stage, 2 jobs",
            "  tests / unit: step error, step 1 ended with 2; kraken logs 01j9zqk3v5w8x2y4t6r7n0m1pa-1-2",
        ]
    );
}
