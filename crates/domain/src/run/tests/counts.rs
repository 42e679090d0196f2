//! What the jobs of a run add to its counts.

use super::*;
use crate::{
    AgentId, JobId,
    job::{Generation, Job, JobEvent, JobState, Outcome, Verdict},
    place::{Executor, Place},
    timeout::{LimitOrigin, TimeLimit},
};

fn job() -> Job {
    Job {
        id: JobId { run: run_id(), number: 1 },
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        name: "compile".to_owned(),
        place: Place { group: "all".to_owned(), executor: Executor::Docker, system: "debian:12".to_owned(), config: "default".to_owned() },
        spec: spec(),
        limit: TimeLimit { seconds: 300, origin: LimitOrigin::Stage },
        run_created_at: at(0),
        created_at: at(0),
        generation: Generation::default(),
        losses: 0,
        retry_on_agent_loss: true,
        steps: Vec::new(),
        state: JobState::Queued { since: at(0) },
        rerun_of: None,
        covered_by: None,
        log_prefix: None,
        earlier_logs: Vec::new(),
        order: Default::default(),
    }
}

fn counts(total: i64, executing: i64, completed: i64, error: i64) -> RunCounts {
    RunCounts { total, executing, completed, error }
}

/// A job's whole life, with the counts of a run that has only this job.
fn told(events: Vec<JobEvent>) -> Vec<RunCounts> {
    let mut now = job();
    let mut sum = RunCounts::change(None, &now);
    let mut story = vec![sum];
    for (second, event) in (1..).zip(events) {
        let next = now.on(event, at(second)).unwrap().next;
        sum = sum.plus(RunCounts::change(Some(&now), &next));
        assert_eq!(sum, RunCounts::of(&next), "added up or counted anew, it is the same");
        now = next;
        story.push(sum);
    }
    story
}

fn hands() -> Vec<JobEvent> {
    let agent = AgentId::new(1, 1);
    vec![JobEvent::Assign { agent }, JobEvent::Claim { agent, lease_until: at(60), log_prefix: "log/".to_owned() }]
}

fn finish(outcome: Outcome) -> JobEvent {
    JobEvent::Finish { generation: Generation(1), verdict: Verdict::plain(outcome), steps: Vec::new() }
}

#[test]
fn a_job_waits_executes_and_is_over() {
    let mut events = hands();
    events.extend([finish(Outcome::Ok), JobEvent::Complete]);
    let waits = counts(1, 0, 0, 0);
    let executes = counts(1, 1, 0, 0);
    assert_eq!(told(events), [waits, waits, executes, executes, counts(1, 0, 1, 0)]);
    assert_eq!((waits.waiting(), executes.waiting(), waits.all_completed()), (1, 0, false));
}

#[test]
fn a_covered_job_is_in_no_count() {
    let mut events = hands();
    let by = JobId { run: run_id(), number: 2 };
    events.extend([finish(Outcome::StepError), JobEvent::Complete, JobEvent::Cover { by }]);
    let story = told(events);
    assert_eq!(story[4..], [counts(1, 0, 1, 1), counts(0, 0, 0, 0)]);
    assert!(story[5].is_zero());
}

#[test]
fn a_lost_job_waits_again() {
    let mut events = hands();
    events.push(JobEvent::Abandon { generation: Generation(1), untouched: false });
    assert_eq!(told(events).last(), Some(&counts(1, 0, 0, 0)));
}

#[test]
fn everything_but_ok_is_an_error() {
    assert_eq!(told(vec![JobEvent::Cancel]).last(), Some(&counts(1, 0, 1, 1)));
}

#[test]
fn a_run_that_is_over_says_what_became_of_its_jobs_until_some_are_repeated() {
    assert_eq!(in_progress().tally, None);
    let over = after(&in_progress(), counted(2, 2, 1), 50);
    assert_eq!(over.tally.map(Tally::counts), Some(counts(2, 0, 2, 1)));
    assert_eq!(after(&over, RunEvent::Processed, 51).tally, over.tally);
    assert_eq!(after(&over, RunEvent::Rerun { jobs: 1 }, 60).tally, None);
    assert_eq!(after(&manual(), RunEvent::Cancel, 5).tally, Some(Tally::NO_JOBS));
    assert_eq!(after(&creating(), created(0), 5).tally, Some(Tally::NO_JOBS));
}

#[test]
fn every_state_of_a_run_has_one_of_the_names() {
    for run in [creating(), manual(), in_progress(), completed(), processed()] {
        assert!(RunState::NAMES.contains(&run.state.as_str()), "{}", run.state.as_str());
        assert!(RunReason::NAMES.contains(&run.reason.as_str()), "{}", run.reason.as_str());
    }
}
