//! The order among the jobs of a run, and groups of runs.

use kraken_domain::{
    concurrency::Group,
    job::{Job, JobState, Outcome, Verdict},
    needs::{Ended, Graph, GraphJob, Order, Progress},
    run::{Run, RunState},
};
use kraken_store::Commit;
use serde_json::Value;

use crate::records::{at, flow, job, project, run, run_id, table};

fn over(number: u32, outcome: Outcome) -> Job {
    let state = JobState::Completed { agent: None, started_at: None, completed_at: at(1), verdict: Verdict::plain(outcome) };
    Job { state, order: Order { needed: true, ..Order::default() }, ..job(1, number) }
}

fn graph() -> Graph {
    let job = |name: &str, needs: &[&str]| GraphJob {
        name: name.to_owned(),
        slots: 1,
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
    };
    Graph::new(&[job("a", &[]), job("b", &["a"])]).unwrap()
}

#[tokio::test]
async fn a_held_job_is_in_no_lane() {
    let (store, _dir) = table().await;
    let held = Job { state: JobState::Held { since: at(0) }, ..job(1, 1) };
    let mut commit = Commit::new();
    commit.create(&held).unwrap();
    store.commit(commit).await.unwrap();
    let lane = held.place.lane();
    assert!(store.lane_head(&lane, 10).await.unwrap().is_empty());
    let read = store.job(held.id).await.unwrap().unwrap();
    let mut commit = Commit::new();
    commit.replace(&read, &job(1, 1)).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!(store.lane_head(&lane, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn notes_of_ended_jobs_are_found_below_their_run_and_forgotten() {
    let (store, _dir) = table().await;
    for number in [3, 20, 100] {
        let ended = Ended::of(Some(&job(1, number)), &over(number, Outcome::Ok)).unwrap();
        let mut commit = Commit::new();
        commit.overwrite(&ended).unwrap();
        store.commit(commit).await.unwrap();
    }
    let found = store.ended(run_id(1), 2).await.unwrap();
    assert_eq!((found.items[0].jobs.clone(), found.items[1].jobs.clone(), found.next.is_some()), (vec![3], vec![20], true));
    assert!(store.ended(run_id(2), 2).await.unwrap().items.is_empty());
    let mut commit = Commit::new();
    found.items.iter().for_each(|note| {
        commit.forget(&note.value);
    });
    store.commit(commit).await.unwrap();
    assert_eq!(store.ended(run_id(1), 2).await.unwrap().items[0].jobs, [100]);
}

#[tokio::test]
async fn a_group_is_found_by_its_name_however_long() {
    let (store, _dir) = table().await;
    let group = Group::new(project(), "deploy ".repeat(300));
    let mut commit = Commit::new();
    commit.create(&group).unwrap();
    store.commit(commit).await.unwrap();
    assert_eq!(store.run_group(project(), &group.name).await.unwrap().unwrap().value, group);
    assert!(store.run_group(project(), "deploy").await.unwrap().is_none());
}

#[tokio::test]
async fn the_order_is_learnt_anew_where_it_moves_to_and_runs_ask_for_their_turn_again() {
    let (old, _old_dir) = table().await;
    let waiting = Run { state: RunState::Waiting { since: at(0), behind: run_id(2), looked_at: None }, ..run(1) };
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&waiting).unwrap().create(&over(1, Outcome::Ok)).unwrap().create(&job(1, 2)).unwrap();
    // As if more had happened between the export of the jobs and that of the order.
    commit.create(&Progress::begin(run_id(1), &graph()).settle(&graph(), &[(1, Outcome::StepError)]).next).unwrap();
    commit.overwrite(&Ended { run: run_id(1), jobs: vec![2] }).unwrap();
    old.commit(commit).await.unwrap();

    let (new, _new_dir) = table().await;
    new.begin_import(at(50)).await.unwrap();
    let items: Vec<Value> = old.export(None, |_| true).await.unwrap().items;
    for _ in 0..2 {
        new.import(&items, at(50)).await.unwrap();
    }
    assert!(new.needs(run_id(1)).await.unwrap().is_none());
    let notes = new.ended(run_id(1), 10).await.unwrap().items;
    assert_eq!(notes.iter().map(|note| note.jobs.clone()).collect::<Vec<_>>(), [[1]]);
    assert_eq!(new.run(run_id(1)).await.unwrap().unwrap().state, RunState::Creating);
}
