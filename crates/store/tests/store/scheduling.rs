//! What the scheduler and the ticks read: lanes, idle agents, what is due.

use kraken_domain::{
    agent::{AgentEvent, AgentState},
    job::JobEvent,
    place::{Executor, Lane},
    run::RunCounts,
};
use kraken_store::{Commit, Owed, Seen, TodoKind};

use crate::records::{agent, at, job, place, run, run_id, table};

fn any() -> Lane {
    Lane { group: "all".to_owned(), executor: Executor::Local, system: None }
}

#[tokio::test]
async fn a_lane_gives_its_oldest_jobs_by_run_then_number() {
    let (store, _dir) = table().await;
    for (run, number) in [(3, 1), (1, 2), (2, 1), (1, 1)] {
        let mut commit = Commit::new();
        commit.create(&job(run, number)).unwrap();
        store.commit(commit).await.unwrap();
    }
    let mut other = job(1, 3);
    other.place = place("fast", "debian-12");
    let mut commit = Commit::new();
    commit.create(&other).unwrap();
    store.commit(commit).await.unwrap();
    store.open_lanes([any(), other.place.lane()]).await.unwrap();

    let head = store.lane_head(&any(), 3).await.unwrap();
    assert_eq!(head.iter().map(|waiting| waiting.job).collect::<Vec<_>>(), [job(1, 1).id, job(1, 2).id, job(2, 1).id]);
    assert_eq!(head[0].run_created_at, at(1));
    assert_eq!(store.lane_head(&other.place.lane(), 10).await.unwrap().len(), 1);
    assert_eq!(store.ahead_of(&job(3, 1), 100).await.unwrap(), 3);
    assert_eq!(store.ahead_of(&job(1, 1), 100).await.unwrap(), 0);
    let mut lanes = store.lanes().await.unwrap();
    lanes.sort();
    assert_eq!(lanes, [any(), other.place.lane()]);
}

#[tokio::test]
async fn a_job_leaves_its_lane_when_it_is_assigned_and_comes_back_when_the_claim_does_not_come() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&job(1, 1)).unwrap();
    store.commit(commit).await.unwrap();
    let read = store.job(job(1, 1).id).await.unwrap().unwrap();
    let to = agent(1, AgentState::Discovered).id;
    let assigned = read.on(JobEvent::Assign { agent: to }, at(10)).unwrap().next;
    let mut commit = Commit::new();
    commit.replace(&read, &assigned).unwrap();
    store.commit(commit).await.unwrap();
    assert!(store.lane_head(&any(), 10).await.unwrap().is_empty());
    assert!(store.owed(TodoKind::Job, at(39), 10).await.unwrap().is_empty());
    assert_eq!(store.owed(TodoKind::Job, at(40), 10).await.unwrap(), [Owed::Job(read.id)]);

    let read = store.job(read.id).await.unwrap().unwrap();
    let back = read.on(JobEvent::Tick, at(40)).unwrap().next;
    let mut commit = Commit::new();
    commit.replace(&read, &back).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!(store.lane_head(&any(), 10).await.unwrap().len(), 1);
    assert!(store.owed(TodoKind::Job, at(1000), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn idle_agents_are_known_by_what_planning_needs() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&agent(1, AgentState::Idle { since: at(5) })).unwrap();
    commit.create(&agent(2, AgentState::Idle { since: at(3) })).unwrap();
    commit.create(&agent(3, AgentState::Offline { since: at(1), left: false })).unwrap();
    store.commit(commit).await.unwrap();
    let idle = store.idle_agents(10, None).await.unwrap().items;
    assert_eq!(idle.iter().map(|agent| agent.name.as_str()).collect::<Vec<_>>(), ["agent-2", "agent-1"]);
    assert!(idle[0].fits(&any()));
    assert!(idle[0].fits(&place("fast", "debian-12").lane()));
    assert!(!idle[0].fits(&place("slow", "any").lane()));

    let read = store.agent(agent(2, AgentState::Discovered).id).await.unwrap().unwrap();
    let busy = read.on(AgentEvent::Assign { job: job(1, 1).id }, at(6)).unwrap().next;
    let mut commit = Commit::new();
    commit.replace(&read, &busy).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!(store.idle_agents(10, None).await.unwrap().items.len(), 1);
    assert_eq!(store.agents(10, None).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn a_run_is_due_when_its_jobs_end_until_it_was_looked_at() {
    let (store, _dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&run(1)).unwrap().add_counts(run_id(1), RunCounts { total: 2, ..RunCounts::default() }, at(1));
    store.commit(commit).await.unwrap();
    assert!(store.owed(TodoKind::Counts, at(1000), 10).await.unwrap().is_empty(), "jobs that wait owe nothing");
    assert_eq!(store.owed(TodoKind::Run, at(100), 10).await.unwrap(), [Owed::Run(run_id(1))], "its time limit");

    let ended = RunCounts { completed: 1, ..RunCounts::default() };
    let mut commit = Commit::new();
    commit.add_counts(run_id(1), ended, at(2));
    store.commit(commit).await.unwrap();
    let seen = store.marked_counts(run_id(1)).await.unwrap();
    assert_eq!(store.owed(TodoKind::Counts, at(2), 10).await.unwrap(), [Owed::Run(run_id(1))]);

    // Another job ends between the look and its note: the note must not hide it.
    let mut commit = Commit::new();
    commit.add_counts(run_id(1), ended, at(3));
    store.commit(commit).await.unwrap();
    store.looked_at(run_id(1), &seen).await.unwrap();
    assert_eq!(store.owed(TodoKind::Counts, at(3), 10).await.unwrap(), [Owed::Run(run_id(1))]);

    // One is repeated and another ends: the counts are as they were, the mark is not.
    let seen = store.marked_counts(run_id(1)).await.unwrap();
    for (second, completed) in [(4, -1), (5, 1)] {
        let mut commit = Commit::new();
        commit.add_counts(run_id(1), RunCounts { completed, ..RunCounts::default() }, at(second));
        store.commit(commit).await.unwrap();
    }
    store.looked_at(run_id(1), &seen).await.unwrap();
    assert_eq!(store.owed(TodoKind::Counts, at(5), 10).await.unwrap(), [Owed::Run(run_id(1))]);
    let seen = store.marked_counts(run_id(1)).await.unwrap();
    store.looked_at(run_id(1), &seen).await.unwrap();
    assert!(store.owed(TodoKind::Counts, at(1000), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_agent_is_due_when_it_may_be_silent() {
    let (store, _dir) = table().await;
    let id = agent(1, AgentState::Discovered).id;
    for (second, silent) in [(0, Some(60)), (30, Some(90)), (90, None)] {
        let mut commit = Commit::new();
        commit.overwrite(&Seen { agent: id, at: at(second), silent_at: silent.map(at) }).unwrap();
        store.commit(commit).await.unwrap();
        let due_at_60 = store.owed(TodoKind::Agent, at(60), 10).await.unwrap();
        assert_eq!(due_at_60.len(), usize::from(silent == Some(60)), "after {second} s");
    }
}
