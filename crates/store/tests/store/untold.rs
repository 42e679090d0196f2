//! What a commit makes known goes with it, and stays until it was told.

use std::sync::{Arc, Mutex};

use kraken_domain::{
    agent::{AgentEvent, AgentState},
    job::{JobState, Outcome, Verdict},
    news::Measure,
};
use kraken_store::{Commit, Observer, Outbox, Owed, TodoKind, WRITES_MAX};

use crate::records::{agent, at, flow, flow_id, job, run, run_id, table};

fn kinds(untold: &[kraken_store::Untold]) -> Vec<&'static str> {
    untold.iter().flat_map(|untold| &untold.events).map(|event| event.what.kind()).collect()
}

#[tokio::test]
async fn events_are_there_exactly_if_what_happened_is() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap();
    store.commit(commit).await.unwrap();
    let waiting = store.untold(Outbox::Flow(flow_id(1)), 10).await.unwrap();
    assert_eq!(waiting.items.len(), 1, "one item for one commit");
    assert_eq!(kinds(&waiting.items), ["flow.started", "run.started"]);

    // Refused as a whole: the flow is there already.
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(2)).unwrap();
    store.commit(commit).await.unwrap_err();
    assert_eq!(store.untold(Outbox::Flow(flow_id(1)), 10).await.unwrap().items, waiting.items);

    store.told(&waiting.items).await.unwrap();
    store.told(&waiting.items).await.unwrap();
    assert!(store.untold(Outbox::Flow(flow_id(1)), 10).await.unwrap().items.is_empty());
    assert_eq!(store.runs(flow_id(1)).await.unwrap().len(), 1, "nothing else is gone");
}

#[tokio::test]
async fn what_is_not_told_in_time_is_found() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap();
    store.commit(commit).await.unwrap();
    let mut commit = Commit::new();
    let idle = agent(1, AgentState::Idle { since: at(0) });
    commit.create(&idle).unwrap();
    store.commit(commit).await.unwrap();
    let read = store.agent(idle.id).await.unwrap().unwrap();
    let mut commit = Commit::new();
    commit.replace(&read, &read.on(AgentEvent::Silent, at(2)).unwrap().next).unwrap();
    store.commit(commit).await.unwrap();

    let owed = async |second| store.owed(TodoKind::Events, at(second), 10).await.unwrap();
    assert_eq!(owed(1).await, []);
    assert_eq!(owed(2).await, [Owed::Events(Outbox::Agent(idle.id))], "of agents the tick tells at once");
    assert_eq!(owed(5).await, [Owed::Events(Outbox::Agent(idle.id)), Owed::Events(Outbox::Flow(flow_id(1)))]);
    let waiting = store.untold(Outbox::Agent(idle.id), 10).await.unwrap();
    assert_eq!(kinds(&waiting.items), ["agent.lost"]);
    store.told(&waiting.items).await.unwrap();
    assert_eq!(owed(5).await.len(), 1);
}

#[tokio::test]
async fn events_wait_in_the_order_in_which_they_happened() {
    let (store, _dir) = table().await;
    for second in [7, 3, 11, 5] {
        let mut job = job(1, second);
        let verdict = Verdict::plain(Outcome::Ok);
        job.state = JobState::Completed { agent: None, started_at: None, completed_at: at(second.into()), verdict };
        let mut commit = Commit::new();
        commit.create(&job).unwrap();
        store.commit(commit).await.unwrap();
    }
    let outbox = Outbox::Flow(flow_id(1));
    let first = store.untold(outbox, 3).await.unwrap();
    let numbers: Vec<u32> =
        first.items.iter().flat_map(|untold| &untold.events).filter_map(|event| Some(event.about.job?.number)).collect();
    assert_eq!(numbers, [3, 5, 7]);
    assert!(first.next.is_some());
}

#[tokio::test]
async fn the_largest_commit_has_room_for_all_that_it_makes_known() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    for number in 1..=u32::try_from(WRITES_MAX).unwrap() {
        let mut job = job(1, number);
        job.name = "\"".repeat(200);
        let verdict = Verdict::because(Outcome::AgentsGroupMissing, "\\".repeat(400));
        job.state = JobState::Completed { agent: None, started_at: None, completed_at: at(1), verdict };
        commit.create(&job).unwrap();
    }
    store.commit(commit).await.unwrap();
    let waiting = store.untold(Outbox::Flow(flow_id(1)), 10).await.unwrap();
    assert_eq!((waiting.items.len(), kinds(&waiting.items).len()), (2, WRITES_MAX));
}

#[tokio::test]
async fn measures_are_shown_once_the_commit_is_done_and_not_before() {
    let (store, _dir) = table().await;
    let shown = Arc::<Mutex<Vec<Measure>>>::default();
    let seen = Arc::clone(&shown);
    let store = store.observed_by(Observer::new(move |measures| seen.lock().unwrap().extend_from_slice(measures)));
    let mut done = job(1, 1);
    let verdict = Verdict::plain(Outcome::Cancelled);
    done.state = JobState::Completed { agent: None, started_at: None, completed_at: at(1), verdict };
    for expected in [1, 1] {
        let mut commit = Commit::new();
        commit.create(&done).unwrap();
        let _refused_the_second_time = store.commit(commit).await;
        assert_eq!(shown.lock().unwrap().as_slice(), &vec![Measure::JobCompleted(Outcome::Cancelled); expected]);
    }
    let mut commit = Commit::new();
    commit.create(&run(1)).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!((shown.lock().unwrap().len(), run_id(1)), (1, run(1).id));
}
