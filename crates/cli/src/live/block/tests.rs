use super::{
    super::fixture::{flow, job, plain, run},
    *,
};

#[test]
fn stages_with_their_jobs_below_each_other() {
    let picture = flow("in_progress", vec![run(1, "tests", "in_progress", vec![job(1, "unit", "ok"), job(2, "lint", "running")])]);
    assert_eq!(
        plain(&block(&picture, &Look::for_tests(), 24)),
        [
            "flow 7.  in progress  10m 00s  01j9zqk3v5w8x2y4t6r7n0m1pa",
            "● tests  in progress  1/2  10m 00s",
            "  ✓ unit  ok  28s",
            "  ● lint  running  9m 58s",
        ]
    );
}

#[test]
fn what_runs_or_failed_stays_when_rows_are_scarce() {
    let mut jobs: Vec<_> = (1..=20).map(|n| job(n, &format!("fine-{n}"), "ok")).collect();
    jobs.push(job(21, "wrong", "step_error"));
    jobs.push(job(22, "going", "running"));
    let picture = flow("in_progress", vec![run(1, "tests", "in_progress", jobs)]);
    let lines = plain(&block(&picture, &Look::for_tests(), 6));
    assert_eq!(lines.len(), 6);
    assert!(lines.iter().any(|line| line.contains("wrong")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("going")), "{lines:?}");
    assert_eq!(lines[5], "    … 19 jobs more");
}

#[test]
fn it_never_outgrows_the_terminal() {
    let runs = (1..=30).map(|n| run(n, "stage", "in_progress", vec![job(n, "unit", "running")])).collect();
    assert_eq!(block(&flow("in_progress", runs), &Look::for_tests(), 10).len(), 10);
}
