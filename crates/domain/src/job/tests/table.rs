//! Every state against every event. The stories say why; this says that nothing was forgotten.

use super::*;

/// What becomes of a job, in a word: the next state, or the kind of refusal.
fn answer(job: &Job, event: JobEvent, second: i64) -> &'static str {
    match job.on(event, at(second)) {
        Ok(moved) => moved.next.state.as_str(),
        Err(JobRefusal::Stale { .. }) => "STALE",
        Err(JobRefusal::NotNow { .. }) => "NOT NOW",
        Err(JobRefusal::Already { .. }) => "ALREADY",
    }
}

fn give_up() -> JobEvent {
    JobEvent::GiveUp { verdict: Verdict::because(Outcome::SchemaError, "what it was made from is gone") }
}

#[test]
fn every_event_has_its_answer_in_every_state() {
    let states = [queued(), assigned(), running(), finished(), completed()];
    let (early, late) = (25, 500);
    #[rustfmt::skip]
    let table: [(&str, JobEvent, i64, [&str; 5]); 18] = [
        //                                                                queued       assigned     running      finished     completed
        ("assign",             assign(ALDER),                   early, ["assigned",  "NOT NOW",   "NOT NOW",   "NOT NOW",   "NOT NOW"]),
        ("claim",              claim(ALDER, early),             early, ["NOT NOW",   "running",   "ALREADY",   "NOT NOW",   "NOT NOW"]),
        ("claim by another",   claim(BIRCH, early),             early, ["NOT NOW",   "NOT NOW",   "NOT NOW",   "NOT NOW",   "NOT NOW"]),
        ("renew",              renew(1, 90),                    early, ["STALE",     "STALE",     "running",   "STALE",     "STALE"]),
        ("renew, outdated",    renew(0, 90),                    early, ["STALE",     "STALE",     "STALE",     "STALE",     "STALE"]),
        ("finish",             finish(1, Outcome::Ok),          early, ["STALE",     "STALE",     "finished",  "ALREADY",   "ALREADY"]),
        ("finish, outdated",   finish(0, Outcome::Ok),          early, ["STALE",     "STALE",     "STALE",     "STALE",     "STALE"]),
        ("complete",           JobEvent::Complete,              early, ["NOT NOW",   "NOT NOW",   "NOT NOW",   "completed", "ALREADY"]),
        ("decline",            JobEvent::Decline { agent: agent(ALDER) }, early, ["NOT NOW", "queued",  "NOT NOW",   "NOT NOW",   "NOT NOW"]),
        ("decline by another", JobEvent::Decline { agent: agent(BIRCH) }, early, ["NOT NOW", "NOT NOW", "NOT NOW",   "NOT NOW",   "NOT NOW"]),
        ("give up",            give_up(),                       early, ["completed", "completed", "NOT NOW",   "NOT NOW",   "ALREADY"]),
        ("cancel",             JobEvent::Cancel,                early, ["completed", "completed", "running",   "ALREADY",   "ALREADY"]),
        ("run time up",        JobEvent::RunTimeUp,             early, ["completed", "completed", "running",   "ALREADY",   "ALREADY"]),
        ("abandon",            abandon(1),                      early, ["STALE",     "STALE",     "queued",    "STALE",     "STALE"]),
        ("abandon, outdated",  abandon(0),                      early, ["STALE",     "STALE",     "STALE",     "STALE",     "STALE"]),
        ("tick, early",        JobEvent::Tick,                  early, ["ALREADY",   "ALREADY",   "ALREADY",   "completed", "ALREADY"]),
        ("tick, late",         JobEvent::Tick,                  late,  ["ALREADY",   "queued",    "queued",    "completed", "ALREADY"]),
        ("cover",              JobEvent::Cover { by: job_id(2) }, early, ["NOT NOW", "NOT NOW",   "NOT NOW",   "NOT NOW",   "completed"]),
    ];
    for (name, event, second, expected) in table {
        let answers = states.each_ref().map(|job| answer(job, event.clone(), second));
        assert_eq!(answers, expected, "{name}");
    }
}

#[test]
fn refusals_say_what_the_caller_should_do() {
    let text = refused(&running(), renew(7, 90), 5).to_string();
    assert!(text.ends_with("is no longer held with generation 7: stop working on it"), "{text}");
    let text = refused(&queued(), claim(ALDER, 1), 1).to_string();
    assert!(text.ends_with("is queued: it cannot be claimed"), "{text}");
}

#[test]
fn every_state_survives_the_store() {
    let stopped = after(&running(), JobEvent::Cancel, 5);
    let covered = after(&completed(), JobEvent::Cover { by: job_id(2) }, 30);
    for job in [queued(), assigned(), running(), stopped, finished(), completed(), covered] {
        let text = serde_json::to_string(&job).unwrap();
        assert!(text.contains(&format!(r#""state":"{}""#, job.state.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }
}

#[test]
fn a_record_of_an_older_version_is_read_with_defaults() {
    let mut record = serde_json::to_value(queued()).unwrap();
    for later_field in ["generation", "losses", "retry_on_agent_loss"] {
        record.as_object_mut().unwrap().remove(later_field);
    }
    assert_eq!(serde_json::from_value::<Job>(record).unwrap(), queued());
}

#[test]
fn outcomes_are_named_alike_in_the_api_and_in_the_store() {
    for outcome in [
        Outcome::Ok,
        Outcome::StepError,
        Outcome::JobTimeout,
        Outcome::StepTimeout,
        Outcome::ExecutorError,
        Outcome::ToolMissing,
        Outcome::AgentsGroupMissing,
        Outcome::Cancelled,
        Outcome::AgentLost,
        Outcome::SchemaError,
    ] {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        assert_eq!(outcome.is_ok(), outcome == Outcome::Ok);
    }
}
