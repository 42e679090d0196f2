//! The life of an agent, told as stories; and one table that holds every state against every event.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Effect, FlowId, Moved, RunId};

/// Seconds from the beginning of the story.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn job(number: u32) -> JobId {
    JobId { run: RunId { flow: FlowId::new(1, 1), number: 1 }, number }
}

fn in_state(state: AgentState) -> Agent {
    Agent {
        id: AgentId::new(1, 1),
        name: "alder".to_owned(),
        groups: BTreeSet::from(["linux".to_owned()]),
        facts: HostFacts {
            system: "debian-12".to_owned(),
            executors: BTreeMap::from([(Executor::Local, "1".to_owned())]),
            ..HostFacts::default()
        },
        created_at: at(0),
        installation: None,
        state,
    }
}

fn idle() -> AgentState {
    AgentState::Idle { since: at(0) }
}

fn busy() -> AgentState {
    AgentState::Busy { job: job(1), since: at(0) }
}

fn offline() -> AgentState {
    AgentState::Offline { since: at(0), left: false }
}

fn disabled() -> AgentState {
    AgentState::Disabled { job: None }
}

/// Disabled while it has job 1.
fn finishing() -> AgentState {
    AgentState::Disabled { job: Some(job(1)) }
}

const ENABLE: AgentEvent = AgentEvent::Enable { alive: true };
const ENABLE_SILENT: AgentEvent = AgentEvent::Enable { alive: false };

fn assign(number: u32) -> AgentEvent {
    AgentEvent::Assign { job: job(number) }
}

fn release(number: u32) -> AgentEvent {
    AgentEvent::Release { job: job(number) }
}

fn moved(state: AgentState, event: AgentEvent) -> Moved<Agent> {
    in_state(state).on(event, at(100)).unwrap_or_else(|refusal| panic!("{event:?}: {refusal}"))
}

fn after(state: AgentState, event: AgentEvent) -> AgentState {
    moved(state, event).next.state
}

fn refused(state: AgentState, event: AgentEvent) -> AgentRefusal {
    in_state(state).on(event, at(100)).unwrap_err()
}

fn already() -> AgentRefusal {
    AgentRefusal::Already { agent: AgentId::new(1, 1) }
}

/// What becomes of an agent, in a word: the next state (`*`: with a job), or the kind of refusal.
fn answer(state: AgentState, event: AgentEvent) -> String {
    match in_state(state).on(event, at(100)) {
        Ok(moved) => format!("{}{}", moved.next.state.as_str(), if moved.next.job().is_some() { "*" } else { "" }),
        Err(AgentRefusal::NotNow { .. }) => "NOT NOW".to_owned(),
        Err(AgentRefusal::Already { .. }) => "ALREADY".to_owned(),
    }
}

#[test]
fn every_event_has_its_answer_in_every_state() {
    let states = [AgentState::Discovered, idle(), busy(), offline(), disabled(), finishing(), AgentState::Deleted];
    #[rustfmt::skip]
    let table: [(AgentEvent, [&str; 7]); 11] = [
        //                       discovered  idle        busy         offline     disabled    finishing    deleted
        (AgentEvent::Authorise, ["offline",  "ALREADY",  "ALREADY",   "ALREADY",  "ALREADY",  "ALREADY",   "NOT NOW"]),
        (AgentEvent::Seen,      ["ALREADY",  "ALREADY",  "ALREADY",   "idle",     "ALREADY",  "ALREADY",   "NOT NOW"]),
        (assign(2),             ["NOT NOW",  "busy*",    "NOT NOW",   "NOT NOW",  "NOT NOW",  "NOT NOW",   "NOT NOW"]),
        (release(1),            ["ALREADY",  "ALREADY",  "idle",      "ALREADY",  "ALREADY",  "disabled",  "ALREADY"]),
        (release(2),            ["ALREADY",  "ALREADY",  "ALREADY",   "ALREADY",  "ALREADY",  "ALREADY",   "ALREADY"]),
        (AgentEvent::Silent,    ["NOT NOW",  "offline",  "ALREADY",   "ALREADY",  "ALREADY",  "ALREADY",   "NOT NOW"]),
        (AgentEvent::Leave,     ["NOT NOW",  "offline",  "ALREADY",   "ALREADY",  "ALREADY",  "ALREADY",   "NOT NOW"]),
        (ENABLE_SILENT,         ["NOT NOW",  "ALREADY",  "ALREADY",   "ALREADY",  "offline",  "busy*",     "NOT NOW"]),
        (ENABLE,                ["NOT NOW",  "ALREADY",  "ALREADY",   "ALREADY",  "idle",     "busy*",     "NOT NOW"]),
        (AgentEvent::Disable,   ["NOT NOW",  "disabled", "disabled*", "disabled", "ALREADY",  "ALREADY",   "NOT NOW"]),
        (AgentEvent::Delete,    ["deleted",  "deleted",  "deleted",   "deleted",  "deleted",  "deleted",   "ALREADY"]),
    ];
    for (event, expected) in table {
        assert_eq!(states.map(|state| answer(state, event)), expected, "{event:?}");
    }
}

#[test]
fn an_agent_that_becomes_idle_wakes_the_scheduler() {
    for (state, event) in [(offline(), AgentEvent::Seen), (busy(), release(1)), (disabled(), ENABLE)] {
        let moved = moved(state, event);
        assert_eq!((moved.next.state, moved.effects), (AgentState::Idle { since: at(100) }, vec![Effect::WakeScheduler]));
    }
}

#[test]
fn an_agent_has_one_job_at_a_time() {
    let state = after(idle(), assign(1));
    assert_eq!(state, AgentState::Busy { job: job(1), since: at(100) });
    let refusal = refused(state, assign(2)).to_string();
    assert!(refusal.ends_with("is busy: it cannot be given a job"), "{refusal}");
}

#[test]
fn a_late_release_of_another_job_frees_nobody() {
    assert_eq!(refused(busy(), release(2)), already());
}

#[test]
fn a_job_that_ends_never_fails_on_what_became_of_its_agent() {
    for state in [AgentState::Discovered, idle(), offline(), disabled(), AgentState::Deleted] {
        assert_eq!(refused(state, release(1)), already());
    }
}

#[test]
fn a_disabled_agent_finishes_its_job_and_takes_no_other() {
    let state = after(busy(), AgentEvent::Disable);
    assert_eq!(in_state(state).job(), Some(job(1)));
    let state = after(state, release(1));
    assert_eq!(state, disabled());
    assert!(matches!(refused(state, assign(2)), AgentRefusal::NotNow { .. }));
}

#[test]
fn an_agent_enabled_in_the_middle_of_its_job_still_has_it() {
    assert_eq!(after(finishing(), ENABLE), AgentState::Busy { job: job(1), since: at(100) });
}

#[test]
fn a_disabled_agent_that_goes_silent_and_returns_is_still_disabled() {
    assert_eq!(refused(disabled(), AgentEvent::Silent), already());
    assert_eq!(refused(disabled(), AgentEvent::Seen), already());
    assert_eq!(after(offline(), AgentEvent::Disable), disabled());
}

#[test]
fn an_agent_is_not_offline_before_its_job_has_left_its_hands() {
    // Or it could come back, be given another, and have two.
    assert_eq!(refused(busy(), AgentEvent::Silent), already());
    let state = after(after(busy(), release(1)), AgentEvent::Silent);
    assert_eq!((state, in_state(state).job()), (AgentState::Offline { since: at(100), left: false }, None));
    assert_eq!(after(state, AgentEvent::Seen), AgentState::Idle { since: at(100) });
}

#[test]
fn a_deleted_agent_is_told_and_never_comes_back() {
    let deleted = moved(busy(), AgentEvent::Delete);
    assert_eq!(deleted.effects, [Effect::WakeAgent(AgentId::new(1, 1))]);
    for event in [AgentEvent::Seen, AgentEvent::Authorise, ENABLE, assign(1)] {
        assert!(matches!(refused(deleted.next.state, event), AgentRefusal::NotNow { state: "deleted", .. }));
    }
}

#[test]
fn an_agent_fits_by_group_executor_and_system() {
    let lane = |group: &str, executor, system: Option<&str>| Lane { group: group.to_owned(), executor, system: system.map(str::to_owned) };
    let agent = in_state(idle());
    assert!(agent.fits(&lane("all", Executor::Local, None)));
    assert!(agent.fits(&lane("linux", Executor::Local, Some("any"))));
    assert!(agent.fits(&lane("linux", Executor::Local, Some("debian-12"))));

    let misfit = |lane| agent.misfit(&lane).unwrap();
    assert_eq!(misfit(lane("gpu", Executor::Local, None)), r#"is not in the group "gpu""#);
    assert_eq!(misfit(lane("all", Executor::Docker, None)), "has no working docker executor");
    assert_eq!(misfit(lane("all", Executor::Local, Some("ubuntu-22.04"))), "runs debian-12, not ubuntu-22.04");
}

#[test]
fn every_state_survives_the_store() {
    for state in [AgentState::Discovered, idle(), busy(), offline(), disabled(), finishing(), AgentState::Deleted] {
        let text = serde_json::to_string(&in_state(state)).unwrap();
        assert!(text.contains(&format!(r#""state":"{}""#, state.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Agent>(&text).unwrap(), in_state(state));
    }
}

#[test]
fn an_agent_of_which_nothing_is_heard_gets_no_job_for_being_let_in() {
    assert_eq!(after(AgentState::Discovered, AgentEvent::Authorise), AgentState::Offline { since: at(100), left: false });
    assert_eq!(after(disabled(), ENABLE_SILENT), AgentState::Offline { since: at(100), left: false });
    assert_eq!(after(AgentState::Offline { since: at(100), left: false }, AgentEvent::Seen), AgentState::Idle { since: at(100) });
}
