#![allow(clippy::unwrap_used)]

use kraken_domain::{Timestamp, change::Commit};
use serde_json::json;

use super::*;

fn flow(number: u64, commits: u32) -> Flow {
    let change = json!({"trigger": "repo", "repo": "r", "branch": "main", "commits": commits});
    serde_json::from_value(json!({
        "id": "01kjm8p00000000000000000f1", "project": "01kjm8p00000000000000000p1", "branch": "01kjm8p00000000000000000b1",
        "kind": "ci", "label": format!("{number}."), "sequence": {"shared": number, "own": number}, "branch_name": "main",
        "created_at": Timestamp::UNIX_EPOCH, "runs_made": 1, "state": {"state": "in_progress"}, "change": change,
    }))
    .unwrap()
}

fn change(commits: usize) -> Change {
    let commit = |number: usize| Commit { id: format!("{number:040x}"), ..Commit::default() };
    Change { commits: (0..commits).map(commit).collect(), ..Change::default() }
}

#[test]
fn the_oldest_commits_are_left_out_and_counted() {
    let mut found = Found::default();
    found.take(&flow(3, 70), vec![change(70)]);
    assert!(!found.is_full());
    found.take(&flow(2, 70), vec![change(70)]);
    assert!(found.is_full());
    found.leave_out(&flow(1, 5));
    assert_eq!((found.commits, found.commits_left_out, found.flows_left_out), (100, 45, 1));
    let kept = &found.items[1].changes[0].0.commits;
    assert_eq!((kept.len(), kept[0].id.as_str()), (30, format!("{:040x}", 40).as_str()));
}

#[test]
fn long_messages_fill_an_answer_before_its_commits_do() {
    let mut found = Found::default();
    let mut long = change(1);
    long.commits[0].message = "x".repeat(BYTES_MAX);
    found.take(&flow(1, 1), vec![long]);
    assert!(found.is_full());
}
