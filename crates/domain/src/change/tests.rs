//! What is kept when not everything fits.
#![allow(clippy::unwrap_used)]

use super::*;

fn change(commits: usize, message: &str, paths: usize) -> Change {
    let commit = |at: usize| Commit {
        id: format!("{at:040x}"),
        author: Author { name: "Ada".into(), email: "ada@example.com".into() },
        message: format!("change {at}\n\n{message}"),
        added: (0..paths).map(|path| format!("a/fairly/long/folder/of/sources/file-{path}.rs")).collect(),
        ..Commit::default()
    };
    Change {
        trigger: "github-push".into(),
        repo: "https://github.com/octo/hello.git".into(),
        branch: "feature/x".into(),
        before: Some("a".repeat(40)),
        after: Some("b".repeat(40)),
        commits: (1..=commits).map(commit).collect(),
        by: Person { name: "ada".into(), email: None },
        ..Change::default()
    }
}

fn bounded(commits: usize, message: &str, paths: usize) -> Change {
    let bounded = change(commits, message, paths).bounded(CHANGES_BYTES_MAX);
    assert!(bounded.bytes() <= CHANGES_BYTES_MAX, "{}", bounded.bytes());
    bounded
}

#[test]
fn a_small_change_is_kept_whole() {
    assert_eq!(bounded(3, "because", 4), change(3, "because", 4));
}

#[test]
fn long_messages_go_first_then_paths_then_old_commits() {
    let noted = |commits, message: &str, paths| {
        let bounded = bounded(commits, message, paths);
        (bounded.commits.len(), bounded.note.unwrap_or_default())
    };
    assert_eq!(noted(10, &"x".repeat(9_000), 3), (10, "long messages are cut".into()));
    assert_eq!(noted(10, "x", 2_000), (10, "lists of paths are cut".into()));
    assert_eq!(noted(COMMITS_MAX, &"x".repeat(9_000), 2_000), (COMMITS_MAX, "long messages and lists of paths are cut".into()));
    assert_eq!(noted(COMMITS_MAX, &"\u{1}🦑\"".repeat(3_000), 3_000).0, COMMITS_MAX);
    assert_eq!(noted(COMMITS_MAX + 20, "x", 0), (COMMITS_MAX, "20 older commits are left out".into()));
}

#[test]
fn the_newest_commit_is_the_last_to_go() {
    let whole = bounded(COMMITS_MAX, &"x".repeat(300), 10);
    let small = whole.clone().bounded(4_096);
    assert!(small.bytes() <= 4_096 && !small.commits.is_empty());
    assert_eq!(small.commits.last().unwrap().id, whole.commits.last().unwrap().id);
    assert!(small.note.unwrap().ends_with("older commits are left out"));
    assert!(small.commits.iter().all(|commit| commit.paths_cut));
    assert!(whole.bounded(0).commits.is_empty());
}

#[test]
fn several_changes_share_the_room_and_small_ones_stay_whole() {
    let all = Change::all_bounded(vec![change(100, &"x".repeat(9_000), 100), change(2, "small", 1), change(100, &"y".repeat(9_000), 100)]);
    assert_eq!(all[1], change(2, "small", 1));
    assert!(all.iter().map(Change::bytes).sum::<usize>() <= CHANGES_BYTES_MAX);
    assert!(all[0].note.is_some() && all[2].note.is_some());
    let many = Change::all_bounded(vec![change(1, "", 0); CHANGES_MAX + 3]);
    assert_eq!(many.len(), CHANGES_MAX);
    assert_eq!(many.last().unwrap().note.as_deref(), Some("3 changes of other repositories are left out"));
    assert_eq!(Change::all_bounded(Vec::new()), []);
}

#[test]
fn a_brief_says_what_people_look_for() {
    assert_eq!(ChangeBrief::of(&[]), None);
    let pushed = ChangeBrief::of(&[change(2, "long story", 1), change(1, "", 0)]).unwrap();
    assert_eq!((pushed.subject.as_deref(), pushed.commits, pushed.by.as_deref()), (Some("change 2"), 2, Some("ada")));
    assert_eq!((pushed.others, pushed.after), (1, Some("b".repeat(40))));
    let facts = PullFacts {
        action: PullAction::Opened,
        number: 7,
        title: "Say hello ".repeat(100),
        url: Some("https://github.com/octo/hello/pull/7".into()),
        target_branch: "main".into(),
        source_repo: Some("fork/hello".into()),
        from_fork: true,
        labels: Vec::new(),
        draft: false,
    };
    let pulled = ChangeBrief::of(&[Change { pull_request: Some(facts), ..change(0, "", 0) }]).unwrap();
    assert_eq!((pulled.pull_request, pulled.target_branch.as_deref(), pulled.from_fork), (Some(7), Some("main"), true));
    assert_eq!(pulled.subject.as_ref().unwrap().chars().count(), 120);
    assert_eq!(pulled.url.as_deref(), Some("https://github.com/octo/hello/pull/7"));
    assert!(serde_json::to_vec(&pulled).unwrap().len() < 2_000);
}
