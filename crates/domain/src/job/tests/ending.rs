//! How a job ends by itself: reported, taken in, or overdue.

use super::*;

#[test]
fn every_verdict_of_the_agent_stands() {
    for outcome in [
        Outcome::Ok,
        Outcome::StepError,
        Outcome::JobTimeout,
        Outcome::StepTimeout,
        Outcome::ExecutorError,
        Outcome::ToolMissing,
        Outcome::Cancelled,
    ] {
        let job = after(&running(), finish(1, outcome), 20);
        assert_eq!(after(&job, JobEvent::Complete, 21).outcome(), Some(outcome));
    }
}

#[test]
fn finishing_twice_changes_nothing() {
    // The first answer was lost. The second verdict is not even looked at.
    assert_eq!(refused(&finished(), finish(1, Outcome::StepError), 22), already());
    assert_eq!(refused(&completed(), finish(1, Outcome::StepError), 23), already());
}

#[test]
fn a_job_that_nobody_claimed_cannot_be_finished() {
    assert_eq!(refused(&queued(), finish(0, Outcome::Ok), 1), stale(0));
    assert_eq!(refused(&assigned(), finish(1, Outcome::Ok), 2), stale(1));
}

#[test]
fn a_heartbeat_after_the_end_tells_the_agent_to_let_go() {
    assert_eq!(refused(&finished(), renew(1, 100), 22), stale(1));
    assert_eq!(refused(&completed(), renew(1, 100), 22), stale(1));
}

#[test]
fn completing_twice_changes_nothing() {
    assert_eq!(refused(&completed(), JobEvent::Complete, 30), already());
}

#[test]
fn a_job_in_somebodys_hands_cannot_be_completed() {
    for job in [queued(), assigned(), running()] {
        assert_eq!(refused(&job, JobEvent::Complete, 10), not_now(job.state.as_str(), "completed"));
    }
}

#[test]
fn the_tick_completes_what_was_forgotten() {
    let job = finished();
    assert_eq!(job.due(), Some(at(20)), "at once");
    let job = after(&job, JobEvent::Tick, 80);
    assert_eq!(job.outcome(), Some(Outcome::Ok));
}

#[test]
fn an_agent_that_lets_its_job_run_on_is_overruled() {
    let overtime = 2 + 300 + OVERTIME_GRACE_S;
    let job = after(&running(), renew(1, overtime + 40), overtime - 20);
    assert_eq!(job.due(), Some(at(overtime)), "sooner than the lease ends");
    assert_eq!(refused(&job, JobEvent::Tick, overtime - 1), already());

    let ended = moved(&job, JobEvent::Tick, overtime);
    assert_eq!(ended.effects, [Effect::WakeAgent(agent(ALDER)), Effect::WakeScheduler, Effect::WakeRun(job.id.run)]);
    let job = ended.next;
    assert_eq!(
        verdict_of(&job),
        &Verdict::because(Outcome::JobTimeout, "the job ran longer than its 300 s, and its agent did not stop it")
    );
    assert_eq!(refused(&job, renew(1, 500), overtime + 1), stale(1), "the agent learns of it with its next heartbeat");
}

#[test]
fn a_job_without_agent_is_lost_rather_than_late() {
    // Both are due: nobody can say that it ran for that long.
    let job = after(&running(), JobEvent::Tick, 1_000);
    assert_eq!((job.losses, &job.state), (1, &JobState::Queued { since: at(1_000) }));
}

#[test]
fn a_completed_job_never_changes_again() {
    let job = completed();
    let events = [
        assign(BIRCH),
        claim(ALDER, 30),
        renew(1, 100),
        finish(1, Outcome::StepError),
        JobEvent::Complete,
        JobEvent::Cancel,
        JobEvent::RunTimeUp,
        abandon(1),
        JobEvent::Tick,
    ];
    for event in events {
        refused(&job, event, 10_000);
    }
}
