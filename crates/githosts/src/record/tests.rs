//! What is kept when not everything fits.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Author, COMMITS_MAX, GitRef, Repo};

fn push(commits: usize, message: &str, paths: usize) -> Push {
    let commit = |at: usize| Commit {
        id: format!("{at:040x}"),
        author: Author { name: "Ada".into(), email: "ada@example.com".into() },
        message: format!("change {at}\n\n{message}"),
        added: (0..paths).map(|path| format!("a/fairly/long/folder/of/sources/file-{path}.rs")).collect(),
        ..Commit::default()
    };
    Push {
        repo: Repo { name: "octo/hello".into(), urls: vec!["https://github.com/octo/hello.git".into()] },
        git_ref: GitRef::Branch("feature/x".into()),
        before: Some("a".repeat(40)),
        after: Some("b".repeat(40)),
        forced: false,
        commits: (1..=commits).map(commit).collect(),
        complete: true,
        head_message: None,
        skip_asked: false,
        pusher: Person { name: "ada".into(), email: None },
        compare_url: None,
    }
}

#[test]
fn a_small_change_is_kept_whole() {
    let push = push(3, "because", 4);
    let record = ChangeRecord::of_push(GitHost::GitHub, &push);
    assert_eq!(record.commits, push.commits);
    assert_eq!(record.note, None);
    assert_eq!(
        serde_json::to_value(&record).unwrap(),
        serde_json::json!({
            "trigger": "github-push", "repo": "https://github.com/octo/hello.git", "branch": "feature/x",
            "before": "a".repeat(40), "after": "b".repeat(40), "by": {"name": "ada"},
            "commits": serde_json::to_value(&push.commits).unwrap(),
        })
    );
    let commit = serde_json::to_value(&push.commits[0]).unwrap();
    let mut keys: Vec<_> = commit.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["added", "author", "id", "message", "modified", "removed"]);
}

#[test]
fn long_messages_go_first_then_paths_then_old_commits() {
    let note = |commits, message: &str, paths| {
        let record = ChangeRecord::of_push(GitHost::GitHub, &push(commits, message, paths));
        assert!(record.bytes() <= RECORD_BYTES_MAX, "{}", record.bytes());
        (record.commits.len(), record.note.unwrap_or_default())
    };
    assert_eq!(note(10, &"x".repeat(9_000), 3), (10, "long messages are cut".into()));
    assert_eq!(note(10, "x", 2_000), (10, "lists of paths are cut".into()));
    assert_eq!(note(COMMITS_MAX, &"x".repeat(9_000), 2_000), (COMMITS_MAX, "long messages and lists of paths are cut".into()));
    assert_eq!(note(COMMITS_MAX, &"\u{1}🦑\"".repeat(3_000), 3_000).0, COMMITS_MAX);
}

#[test]
fn the_newest_commit_is_the_last_to_go() {
    let record = ChangeRecord::of_push(GitHost::GitHub, &push(COMMITS_MAX, &"x".repeat(300), 10));
    let small = record.clone().bounded(4_096);
    assert!(small.bytes() <= 4_096 && !small.commits.is_empty());
    assert_eq!(small.commits.last().unwrap().id, record.commits.last().unwrap().id);
    assert!(small.note.unwrap().ends_with("older commits are left out"));
    assert!(small.commits.iter().all(|commit| commit.paths_cut));
    assert!(record.bounded(0).commits.is_empty());
}

#[test]
fn a_list_that_was_cut_before_is_said_to_be() {
    let mut push = push(3, "", 1);
    push.complete = false;
    assert_eq!(ChangeRecord::of_push(GitHost::GitLab, &push).note.unwrap(), "there are more commits than are listed");
}
