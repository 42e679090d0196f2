//! What an agent holds, and how it loses it.

use super::*;
use crate::step::StepStatus;

#[test]
fn a_renewal_prolongs_the_lease() {
    let job = after(&running(), renew(1, 75), 15);
    assert_eq!(lease_of(&job), at(75));
    assert_eq!(job.due(), Some(at(75)));
}

#[test]
fn a_renewal_that_was_overtaken_never_shortens_the_lease() {
    let job = after(&running(), renew(1, 90), 30);
    let job = after(&job, renew(1, 75), 31);
    assert_eq!(lease_of(&job), at(90));
}

#[test]
fn a_renewal_keeps_the_wish_to_stop() {
    let job = after(&running(), JobEvent::Cancel, 10);
    let job = after(&job, renew(1, 75), 15);
    assert!(matches!(job.state, JobState::Running { stop: Some(Stopping { why: Stop::Cancelled, .. }), .. }));
}

#[test]
fn a_lease_that_ends_puts_the_job_back_once() {
    let job = after(&running(), progress_of(StepStatus::Done, StepStatus::InProgress), 15);
    assert_eq!(refused(&job, JobEvent::Tick, 61), already());

    let lost = moved(&job, JobEvent::Tick, 62);
    assert_eq!(lost.effects, [Effect::WakeScheduler]);
    let job = lost.next;
    assert_eq!(job.state, JobState::Queued { since: at(62) });
    assert_eq!((job.losses, job.generation), (1, Generation(1)));
    assert_eq!(job.steps, queued().steps, "the next agent starts from the first step");
    assert_eq!(job.log_prefix, running().log_prefix, "what was logged so far can be read until the next claim");
}

#[test]
fn the_second_loss_is_the_last() {
    let job = lost_once_and_running_on_birch();
    let ended = moved(&job, JobEvent::Tick, 200);
    assert_eq!(ended.effects, [Effect::WakeScheduler, Effect::WakeRun(job.id.run)]);
    let job = ended.next;
    assert_eq!(verdict_of(&job), &Verdict::because(Outcome::AgentLost, "its agent was lost, for the second time"));
    assert_eq!((job.losses, job.agent()), (1, Some(agent(BIRCH))));
}

#[test]
fn a_job_with_side_effects_is_not_run_again() {
    let job = Job { retry_on_agent_loss: false, ..running() };
    let job = after(&job, JobEvent::Tick, 62);
    assert_eq!(verdict_of(&job), &Verdict::because(Outcome::AgentLost, "its agent was lost, and the job must not run twice"));
    assert_eq!(job.losses, 0);
}

#[test]
fn a_claim_that_lapses_costs_nothing_even_with_side_effects() {
    let job = Job { retry_on_agent_loss: false, ..assigned() };
    assert_eq!(after(&job, JobEvent::Tick, 60).state, JobState::Queued { since: at(60) });
}

#[test]
fn the_old_agent_is_fenced_out_while_the_job_waits() {
    let job = after(&running(), JobEvent::Tick, 62);
    for event in [renew(1, 120), finish(1, Outcome::Ok), abandon(1)] {
        assert_eq!(refused(&job, event, 63), stale(1));
    }
}

#[test]
fn the_old_agent_is_fenced_out_by_the_next_promise_and_the_next_claim() {
    let promised = after(&after(&running(), JobEvent::Tick, 62), assign(BIRCH), 63);
    let claimed = after(&promised, claim(BIRCH, 64), 64);
    for job in [promised, claimed] {
        for event in [renew(1, 190), finish(1, Outcome::Ok), abandon(1)] {
            assert_eq!(refused(&job, event, 65), stale(1));
        }
        assert_eq!(refused(&job, claim(ALDER, 65), 65), not_now(job.state.as_str(), "claimed"));
    }
}

#[test]
fn an_agent_is_fenced_out_by_its_own_later_claim() {
    // It crashed, came back and was given the same job: messages of its former life are late.
    let job = after(&after(&running(), JobEvent::Tick, 62), assign(ALDER), 63);
    let job = after(&job, claim(ALDER, 64), 64);
    assert_eq!(refused(&job, renew(1, 200), 65), stale(1));
    assert_eq!(refused(&job, finish(1, Outcome::Ok), 65), stale(1));
    assert_eq!(refused(&job, abandon(1), 65), stale(1));
    assert_eq!(lease_of(&after(&job, renew(2, 130), 70)), at(130));
}

#[test]
fn a_generation_from_the_future_is_refused_too() {
    assert_eq!(refused(&running(), renew(2, 100), 10), stale(2));
    assert_eq!(refused(&running(), finish(2, Outcome::Ok), 10), stale(2));
    assert_eq!(refused(&running(), abandon(2), 10), stale(2));
}

#[test]
fn an_agent_that_says_it_lost_the_job_need_not_be_waited_for() {
    let job = after(&running(), abandon(1), 10);
    assert_eq!((&job.state, job.losses), (&JobState::Queued { since: at(10) }, 1));
    assert_eq!(refused(&job, abandon(1), 11), stale(1), "said twice");
}

#[test]
fn abandoning_counts_as_a_loss() {
    let job = after(&lost_once_and_running_on_birch(), abandon(2), 70);
    assert_eq!(job.outcome(), Some(Outcome::AgentLost));

    let with_side_effects = Job { retry_on_agent_loss: false, ..running() };
    assert_eq!(after(&with_side_effects, abandon(1), 10).outcome(), Some(Outcome::AgentLost));
}

#[test]
fn the_end_of_time_is_no_error() {
    let job = Job { limit: TimeLimit { seconds: u32::MAX, origin: LimitOrigin::Stage }, ..running() };
    let forever = JobEvent::Renew { generation: Generation(1), lease_until: Timestamp::MAX, steps: Vec::new() };
    let job = after(&job, forever, 10);
    assert!(job.due().is_some());
    assert_eq!(job.on(JobEvent::Tick, at(20)), Err(already()));
}

fn lost_once_and_running_on_birch() -> Job {
    let job = after(&running(), JobEvent::Tick, 62);
    let job = after(&job, assign(BIRCH), 63);
    after(&job, claim(BIRCH, 64), 64)
}

fn progress_of(first: StepStatus, second: StepStatus) -> JobEvent {
    let mut steps = queued().steps;
    steps[0].status = first;
    steps[1].status = second;
    JobEvent::Renew { generation: Generation(1), lease_until: at(62), steps }
}

#[test]
fn a_job_that_is_given_back_untouched_was_not_lost() {
    let event = JobEvent::Abandon { generation: Generation(1), untouched: true };
    let given = moved(&running(), event.clone(), 5);
    assert_eq!((&given.next.state, given.next.losses), (&JobState::Queued { since: at(5) }, 0));
    assert_eq!(given.effects, [Effect::WakeScheduler]);
    let precious = Job { retry_on_agent_loss: false, ..running() };
    assert!(matches!(after(&precious, event.clone(), 5).state, JobState::Queued { .. }), "it may run: it never has");
    let cancelled = after(&running(), JobEvent::Cancel, 4);
    assert_eq!(after(&cancelled, event, 5).outcome(), Some(Outcome::Cancelled), "nobody wants it any more");
}

#[test]
fn the_log_of_a_lost_try_stays_to_be_read() {
    let job = after(&after(&running(), JobEvent::Tick, 62), assign(BIRCH), 63);
    let event = JobEvent::Claim { agent: agent(BIRCH), lease_until: at(130), log_prefix: "second/".to_owned() };
    let job = after(&job, event, 64);
    assert_eq!((job.log_prefix.as_deref(), job.earlier_logs.len()), (Some("second/"), 1));
    assert_eq!(Some(&job.earlier_logs[0]), running().log_prefix.as_ref());
}
