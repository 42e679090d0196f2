//! What the agent says of the steps, and what is believed.

use super::*;
use crate::step::StepStatus;

fn said(statuses: &[StepStatus]) -> Vec<Step> {
    statuses.iter().map(|status| Step { status: *status, started_at: Some(at(3)), ..Step::new("their name", "their tool") }).collect()
}

fn heard(job: &Job, statuses: &[StepStatus], second: i64) -> Job {
    let event = JobEvent::Renew { generation: Generation(1), lease_until: at(second + LEASE_S), steps: said(statuses) };
    after(job, event, second)
}

fn statuses(job: &Job) -> Vec<StepStatus> {
    job.steps.iter().map(|step| step.status).collect()
}

use StepStatus::{Done, Error, InProgress, NotStarted, Skipped};

#[test]
fn heartbeats_carry_the_steps() {
    let job = heard(&running(), &[InProgress, NotStarted], 5);
    let job = heard(&job, &[Done, InProgress], 10);
    assert_eq!(statuses(&job), [Done, InProgress]);
    assert_eq!(job.steps[0].started_at, Some(at(3)));
}

#[test]
fn names_and_tools_are_ours() {
    let job = heard(&running(), &[Done, Done], 5);
    let names: Vec<(&str, &str)> = job.steps.iter().map(|step| (step.name.as_str(), step.tool.as_str())).collect();
    assert_eq!(names, [("fetch", "git"), ("make", "shell")]);
}

#[test]
fn a_heartbeat_that_was_overtaken_takes_no_step_back() {
    let job = heard(&running(), &[Done, InProgress], 10);
    let job = heard(&job, &[InProgress, NotStarted], 11);
    assert_eq!(statuses(&job), [Done, InProgress]);
}

#[test]
fn an_earlier_attempt_heard_late_is_not_believed() {
    let attempt = |n| Step { status: InProgress, attempts: n, ..Step::new("fetch", "git") };
    let beat = |n| JobEvent::Renew { generation: Generation(1), lease_until: at(90), steps: vec![attempt(n)] };
    let job = after(&running(), beat(2), 20);
    let job = after(&job, beat(1), 21);
    assert_eq!(job.steps[0].attempts, 2);
}

#[test]
fn too_many_and_too_few_steps_are_no_harm() {
    let job = heard(&running(), &[Done, Done, Done], 5);
    assert_eq!(job.steps.len(), 2);
    let job = heard(&running(), &[Done], 5);
    assert_eq!(statuses(&job), [Done, NotStarted]);
}

#[test]
fn the_last_word_comes_with_the_finish() {
    let event = JobEvent::Finish { generation: Generation(1), verdict: Verdict::plain(Outcome::StepError), steps: said(&[Done, Error]) };
    assert_eq!(statuses(&after(&running(), event, 20)), [Done, Error]);
}

#[test]
fn a_job_that_ended_has_no_open_steps() {
    let job = heard(&running(), &[InProgress, NotStarted], 5);
    let job = after(&after(&job, JobEvent::Cancel, 6), JobEvent::Tick, 80);
    assert_eq!(statuses(&job), [Error, Skipped], "one was cut off, one never began");
    assert_eq!(job.steps[0].finished_at, Some(at(80)));

    let job = after(&queued(), JobEvent::Cancel, 6);
    assert_eq!(statuses(&job), [Skipped, Skipped]);
    assert_eq!(job.steps[0].finished_at, None, "it never started");
}
