//! What a flow is told of a push.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Author, GitRef, Person, Repo};

fn push(commits: usize, message: &str) -> Push {
    let commit = |at: usize| Commit {
        id: format!("{at:040x}"),
        author: Author { name: "Ada".into(), email: "ada@example.com".into() },
        message: format!("change {at}\n\n{message}"),
        added: vec![format!("src/file-{at}.rs")],
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
    let push = push(3, "because");
    let change = change_of_push(GitHost::GitHub, &push);
    assert_eq!(change.commits, push.commits);
    assert_eq!(change.note, None);
    assert_eq!(
        serde_json::to_value(&change).unwrap(),
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
fn a_list_that_was_cut_before_is_said_to_be() {
    let mut push = push(3, "");
    push.complete = false;
    assert_eq!(change_of_push(GitHost::GitLab, &push).note.unwrap(), "there are more commits than are listed");
}

#[test]
fn a_large_change_is_cut_to_what_fits_beside_a_flow() {
    let change = change_of_push(GitHost::GitHub, &push(100, &"x".repeat(9_000)));
    assert!(change.bytes() <= CHANGES_BYTES_MAX);
    assert_eq!(change.note.unwrap(), "long messages are cut");
}
