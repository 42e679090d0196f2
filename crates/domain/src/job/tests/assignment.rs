//! From the queue into an agent's hands.

use super::*;

#[test]
fn a_job_goes_from_the_queue_to_its_outcome() {
    let job = queued();
    assert_eq!((job.holder(), job.outcome(), job.due()), (None, None, None));

    let told = moved(&job, assign(ALDER), 1);
    assert_eq!(told.effects, [Effect::WakeAgent(agent(ALDER))]);
    let job = told.next;
    assert_eq!((job.holder(), job.generation), (Some(agent(ALDER)), Generation(1)));

    let job = after(&job, claim(ALDER, 2), 2);
    assert_eq!(job.state, JobState::Running { agent: agent(ALDER), started_at: at(2), lease_until: at(62), stop: None });
    assert_eq!(job.log_prefix.as_deref(), Some("logs/1/2/"));

    let told = moved(&job, finish(1, Outcome::Ok), 20);
    assert_eq!(told.effects, [Effect::WakeRun(job.id.run), Effect::WakeScheduler]);
    let job = told.next;
    assert_eq!((job.holder(), job.agent(), job.outcome()), (None, Some(agent(ALDER)), None), "no outcome before it is completed");

    let told = moved(&job, JobEvent::Complete, 21);
    assert_eq!(told.effects, [Effect::WakeRun(job.id.run)]);
    let job = told.next;
    assert_eq!(
        job.state,
        JobState::Completed {
            agent: Some(agent(ALDER)),
            started_at: Some(at(2)),
            completed_at: at(21),
            verdict: Verdict::plain(Outcome::Ok),
        }
    );
    assert_eq!((job.due(), job.agent(), job.outcome()), (None, Some(agent(ALDER)), Some(Outcome::Ok)));
}

#[test]
fn only_the_agent_it_was_promised_to_may_claim_it() {
    assert_eq!(refused(&assigned(), claim(BIRCH, 2), 2), not_now("assigned", "claimed"));
    assert_eq!(refused(&running(), claim(BIRCH, 3), 3), not_now("running", "claimed"));
}

#[test]
fn claiming_twice_changes_nothing() {
    // The answer was lost; the caller reads the job again and hands out the same lease.
    assert_eq!(refused(&running(), claim(ALDER, 30), 30), already());
}

#[test]
fn a_waiting_job_cannot_be_claimed() {
    assert_eq!(refused(&queued(), claim(ALDER, 1), 1), not_now("queued", "claimed"));
}

#[test]
fn a_job_is_promised_once() {
    assert_eq!(refused(&assigned(), assign(BIRCH), 2), not_now("assigned", "assigned"));
    assert_eq!(refused(&running(), assign(BIRCH), 3), not_now("running", "assigned"));
}

#[test]
fn a_claim_that_never_comes_puts_the_job_back() {
    let job = assigned();
    let overdue = 1 + CLAIM_WITHIN_S;
    assert_eq!(job.due(), Some(at(overdue)));
    assert_eq!(refused(&job, JobEvent::Tick, overdue - 1), already());

    let lapsed = moved(&job, JobEvent::Tick, overdue);
    assert_eq!(lapsed.effects, [Effect::WakeAgent(agent(ALDER)), Effect::WakeScheduler], "the agent is probed, another is sought");
    let job = lapsed.next;
    assert_eq!(job.state, JobState::Queued { since: at(overdue) });
    assert_eq!(job.losses, 0, "nothing ran, so nothing was lost");
    assert_eq!(refused(&job, claim(ALDER, overdue + 1), overdue + 1), not_now("queued", "claimed"));
}

#[test]
fn a_claim_may_be_late_as_long_as_nobody_noticed() {
    let job = after(&assigned(), claim(ALDER, 50), 50);
    assert_eq!(job.holder(), Some(agent(ALDER)));
}

#[test]
fn each_promise_opens_a_new_generation() {
    let job = after(&assigned(), JobEvent::Tick, 40);
    assert_eq!(job.generation, Generation(1));
    let job = after(&job, assign(BIRCH), 41);
    assert_eq!(job.generation, Generation(2));
    assert_eq!(refused(&job, claim(ALDER, 42), 42), not_now("assigned", "claimed"));
    assert_eq!(after(&job, claim(BIRCH, 42), 42).holder(), Some(agent(BIRCH)));
}

#[test]
fn an_agent_that_ends_gives_back_what_it_was_promised() {
    let declined = moved(&assigned(), JobEvent::Decline { agent: agent(ALDER) }, 5);
    assert_eq!(declined.effects, [Effect::WakeScheduler]);
    assert_eq!((&declined.next.state, declined.next.losses), (&JobState::Queued { since: at(5) }, 0), "nothing of it had begun");
    assert_eq!(refused(&running(), JobEvent::Decline { agent: agent(ALDER) }, 5), not_now("running", "declined"));
}

#[test]
fn a_job_that_can_never_be_run_says_so_and_frees_its_agent() {
    let verdict = Verdict::because(Outcome::Cancelled, "its branch was deleted");
    let ended = moved(&assigned(), JobEvent::GiveUp { verdict: verdict.clone() }, 5);
    assert_eq!(ended.effects, [Effect::WakeScheduler, Effect::WakeRun(job_id(1).run)]);
    assert_eq!((verdict_of(&ended.next), ended.next.holder()), (&verdict, None));
}
