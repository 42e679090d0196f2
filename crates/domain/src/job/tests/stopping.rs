//! Cancelling, and the run's time being up.

use super::*;

#[test]
fn a_waiting_job_is_cancelled_at_once() {
    let cancelled = moved(&queued(), JobEvent::Cancel, 5);
    assert_eq!(cancelled.effects, [Effect::WakeRun(job_id(1).run)]);
    let job = cancelled.next;
    assert_eq!(
        job.state,
        JobState::Completed { agent: None, started_at: None, completed_at: at(5), verdict: Verdict::plain(Outcome::Cancelled) }
    );
}

#[test]
fn a_promised_job_is_cancelled_at_once_and_its_agent_freed() {
    let cancelled = moved(&assigned(), JobEvent::Cancel, 5);
    assert_eq!(cancelled.effects, [Effect::WakeAgent(agent(ALDER)), Effect::WakeScheduler, Effect::WakeRun(job_id(1).run)]);
    let job = cancelled.next;
    assert_eq!((job.outcome(), job.agent()), (Some(Outcome::Cancelled), None), "nobody ran it");
    assert_eq!(refused(&job, claim(ALDER, 6), 6), not_now("completed", "claimed"), "the agent was just about to");
}

#[test]
fn a_running_job_is_told_to_stop() {
    let told = moved(&running(), JobEvent::Cancel, 5);
    assert_eq!(told.effects, [Effect::WakeAgent(agent(ALDER))]);
    let job = told.next;
    assert_eq!(
        job.state,
        JobState::Running {
            agent: agent(ALDER),
            started_at: at(2),
            lease_until: at(62),
            stop: Some(Stopping { why: Stop::Cancelled, at: at(5) })
        },
        "it stays in its agent's hands until that agent says so"
    );
    assert_eq!(refused(&job, JobEvent::Cancel, 6), already());
}

#[test]
fn what_broke_while_stopping_is_still_a_cancelled_job() {
    let job = after(&running(), JobEvent::Cancel, 5);
    for outcome in [Outcome::StepError, Outcome::ExecutorError, Outcome::StepTimeout, Outcome::Cancelled] {
        let job = after(&after(&job, finish(1, outcome), 7), JobEvent::Complete, 8);
        assert_eq!(verdict_of(&job), &Verdict::plain(Outcome::Cancelled));
    }
}

#[test]
fn a_job_that_succeeds_all_the_same_did_succeed() {
    let job = after(&running(), JobEvent::Cancel, 5);
    let job = after(&after(&job, finish(1, Outcome::Ok), 6), JobEvent::Complete, 7);
    assert_eq!(job.outcome(), Some(Outcome::Ok));
}

#[test]
fn a_job_that_is_over_cannot_be_cancelled() {
    assert_eq!(refused(&finished(), JobEvent::Cancel, 21), already());
    assert_eq!(refused(&completed(), JobEvent::Cancel, 22), already());
    assert_eq!(after(&finished(), JobEvent::Complete, 23).outcome(), Some(Outcome::Ok));
}

#[test]
fn a_cancelled_job_whose_agent_vanishes_is_cancelled_not_requeued() {
    let job = after(&running(), JobEvent::Cancel, 5);
    let by_lease = after(&job, JobEvent::Tick, 62);
    let by_word = after(&job, abandon(1), 10);
    for job in [by_lease, by_word] {
        assert_eq!((job.outcome(), job.losses), (Some(Outcome::Cancelled), 0));
    }
}

#[test]
fn a_job_whose_agent_does_not_heed_the_stop_ends_all_the_same() {
    let deadline = 5 + STOP_WITHIN_S;
    for (event, outcome) in [(JobEvent::Cancel, Outcome::Cancelled), (JobEvent::RunTimeUp, Outcome::JobTimeout)] {
        let job = after(&running(), event, 5);
        let job = after(&job, renew(1, deadline + 60), deadline - 1);
        assert_eq!((refused(&job, JobEvent::Tick, deadline - 1), job.due()), (already(), Some(at(deadline))));

        let ended = moved(&job, JobEvent::Tick, deadline);
        assert_eq!(ended.effects, [Effect::WakeAgent(agent(ALDER)), Effect::WakeScheduler, Effect::WakeRun(job_id(1).run)]);
        assert_eq!(ended.next.outcome(), Some(outcome));
        let said = verdict_of(&ended.next).message.clone().unwrap();
        assert!(said.ends_with("its agent did not stop it within 60 s"), "{said}");
        assert_eq!(refused(&ended.next, renew(1, 500), deadline + 1), stale(1), "the agent learns that it has no leave");
    }
}

#[test]
fn the_runs_time_is_up_for_each_of_its_jobs() {
    let up = Verdict::because(Outcome::JobTimeout, "the time of the whole run was up");
    for waiting in [queued(), assigned()] {
        assert_eq!(verdict_of(&after(&waiting, JobEvent::RunTimeUp, 9)), &up);
    }
    let told = moved(&running(), JobEvent::RunTimeUp, 9);
    assert_eq!(told.effects, [Effect::WakeAgent(agent(ALDER))]);
    let job = after(&after(&told.next, finish(1, Outcome::Cancelled), 11), JobEvent::Complete, 12);
    assert_eq!(verdict_of(&job), &up);
    assert_eq!(refused(&finished(), JobEvent::RunTimeUp, 21), already());
}

#[test]
fn the_first_reason_to_stop_stays() {
    let cancelled = after(&running(), JobEvent::Cancel, 5);
    assert_eq!(refused(&cancelled, JobEvent::RunTimeUp, 6), already());
    let late = after(&running(), JobEvent::RunTimeUp, 5);
    assert_eq!(refused(&late, JobEvent::Cancel, 6), already());
}

#[test]
fn a_lost_job_that_waits_again_can_be_cancelled() {
    let job = after(&running(), JobEvent::Tick, 62);
    let job = after(&job, JobEvent::Cancel, 63);
    assert_eq!(job.outcome(), Some(Outcome::Cancelled));
    assert_eq!(refused(&job, renew(1, 100), 64), stale(1), "the old agent learns that it is not its job");
}
