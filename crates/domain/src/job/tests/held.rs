//! A job that needs others of its run.

use super::*;

fn held() -> Job {
    Job { state: JobState::Held { since: at(0) }, ..queued() }
}

fn unmet() -> JobEvent {
    JobEvent::Unmet { need: 4, why: "needs a, which ended with step_error".to_owned() }
}

#[test]
fn it_waits_for_people_and_is_nobodys() {
    let job = held();
    assert_eq!((job.state.as_str(), job.due(), job.agent(), job.is_completed()), ("queued", None, None, false));
    assert_eq!(refused(&job, assign(ALDER), 1), not_now("queued", "assigned"));
    assert_eq!(refused(&job, JobEvent::Tick, 5_000), already());
    let text = serde_json::to_string(&job).unwrap();
    assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
}

#[test]
fn it_is_let_go_once() {
    let released = moved(&held(), JobEvent::Release, 9);
    assert_eq!((&released.next.state, released.effects), (&JobState::Queued { since: at(9) }, vec![Effect::WakeScheduler]));
    for job in [released.next, assigned(), running(), finished(), completed()] {
        assert_eq!(refused(&job, JobEvent::Release, 10), already());
        assert_eq!(refused(&job, unmet(), 10), already(), "what began goes on");
    }
}

#[test]
fn it_ends_with_what_it_needs() {
    let job = after(&held(), unmet(), 9);
    assert_eq!(verdict_of(&job), &Verdict::because(Outcome::Cancelled, "needs a, which ended with step_error"));
    assert_eq!(job.order.unmet, Some(4));
    let cancelled = after(&held(), JobEvent::Cancel, 9);
    assert_eq!((verdict_of(&cancelled), cancelled.order.unmet), (&Verdict::plain(Outcome::Cancelled), None));
    assert_eq!(verdict_of(&after(&held(), JobEvent::RunTimeUp, 9)).outcome, Outcome::JobTimeout);
}
