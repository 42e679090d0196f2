//! Being repeated by another job.

use super::*;

fn cover(by: u32) -> JobEvent {
    JobEvent::Cover { by: job_id(by) }
}

#[test]
fn a_job_that_is_over_can_be_repeated_by_another() {
    let job = completed();
    let covered = moved(&job, cover(2), 30);
    assert_eq!(covered.effects, []);
    assert_eq!(covered.next, Job { covered_by: Some(job_id(2)), ..job }, "shown as it was");
}

#[test]
fn it_is_repeated_once() {
    let job = after(&completed(), cover(2), 30);
    assert_eq!(refused(&job, cover(2), 31), already());
    assert_eq!(refused(&job, cover(3), 31), not_now("completed", "rerun"), "the third repeats the second");
}

#[test]
fn a_job_that_is_not_over_cannot_be_repeated() {
    for job in [queued(), assigned(), running(), finished()] {
        assert_eq!(refused(&job, cover(2), 30), not_now(job.state.as_str(), "rerun"));
    }
}
