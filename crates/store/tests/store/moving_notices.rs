//! Whom to tell of what does not move: the old place tells.

use std::collections::BTreeSet;

use kraken_domain::{
    notice::{Answer, Channel, Wanted, owed},
    run::{Run, RunResult, RunState},
};
use kraken_store::{Commit, TodoKind};

use crate::{
    moving::pages,
    records::{at, flow, run, run_id, table},
};

#[tokio::test]
async fn what_people_were_still_to_be_told_is_told_by_the_old_place() {
    let (old, _old_dir) = table().await;
    let before = Run { notices: true, ..run(1) };
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&before).unwrap();
    old.commit(commit).await.unwrap();
    let read = old.run(run_id(1)).await.unwrap().unwrap();
    let state = RunState::Completed { started_at: None, completed_at: at(9), result: RunResult::Ok };
    let mut commit = Commit::new();
    commit.replace(&read, &Run { state, ..read.value.clone() }).unwrap();
    old.commit(commit).await.unwrap();
    let turns = old.turns(flow(1).id).await.unwrap();
    let turn = &turns.last().unwrap().turns[0];
    let wanted = [Channel::Slack, Channel::Email].map(|channel| Wanted { channel, on: BTreeSet::new() });
    let notices = owed(turn, &wanted, None);
    let sent = notices[1].begin(at(20)).unwrap().answered(Answer::Taken("250".to_owned()), at(21)).unwrap();
    let mut commit = Commit::new();
    commit.create(&notices[0]).unwrap().create(&sent).unwrap();
    old.commit(commit).await.unwrap();

    let (new, _new_dir) = table().await;
    for page in pages(&old, 3).await {
        new.import(&page, at(50)).await.unwrap();
    }
    assert!(new.turns(flow(1).id).await.unwrap().is_empty());
    assert!(new.owed(TodoKind::Notice, at(1_000_000), 10).await.unwrap().is_empty());
    let states: BTreeSet<_> = new.notices(run_id(1)).await.unwrap().iter().map(|notice| notice.state.as_str()).collect();
    assert_eq!(states, BTreeSet::from(["given_up", "sent"]));
}
