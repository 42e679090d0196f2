//! Gitea and Forgejo.

use kraken_githosts::{GitHost, GitRef, Paths, PullAction};

use crate::deliver::{BEFORE, FIRST, SECOND, ignored, is_at, pull, push};

#[test]
fn a_push_is_the_same_from_both_and_put_in_order() {
    for host in [GitHost::Gitea, GitHost::Forgejo] {
        let push = push(host, "push", "push");
        assert!(is_at(&push.repo, "https://git.example.com:3000/octo/hello"));
        assert!(is_at(&push.repo, "ssh://git@git.example.com:2222/octo/hello.git"));
        assert!(!is_at(&push.repo, "https://git.example.com:3001/octo/hello"));
        // Both write the newest first.
        assert_eq!(push.commits.iter().map(|commit| commit.id.as_str()).collect::<Vec<_>>(), [FIRST, SECOND]);
        assert_eq!((push.before.as_deref(), push.after.as_deref()), (Some(BEFORE), Some(SECOND)));
        assert_eq!((push.pusher.name.as_str(), push.head_message.as_deref()), ("ada", Some("Second\n")));
        assert!(matches!(push.paths(), Paths::Known(paths) if paths.len() == 2));
    }
}

#[test]
fn of_many_commits_only_some_are_listed() {
    let push = push(GitHost::Gitea, "push", "push_more_than_listed");
    assert_eq!(push.paths(), Paths::Unknown("not all commits are listed"));
}

#[test]
fn branches_go_and_tags_come() {
    let gone = push(GitHost::Gitea, "push", "push_branch_deleted");
    assert!(gone.deleted() && gone.commits.is_empty());
    let tag = push(GitHost::Gitea, "push", "push_tag");
    assert!(tag.created() && tag.git_ref == GitRef::Tag("v2".into()));
    assert_eq!(ignored(GitHost::Gitea, "create", "create"), "create: the push tells the same");
}

#[test]
fn a_pull_request_may_come_from_a_fork_and_be_a_draft_by_its_title() {
    let pull = pull(GitHost::Gitea, "pull_request", "pull_request_opened_from_fork");
    assert_eq!((pull.action, pull.number, pull.from_fork, pull.draft), (PullAction::Opened, 3, true, true));
    assert_eq!((pull.source_branch.as_str(), pull.head_sha.as_deref()), ("fix/things", Some(SECOND)));
    assert_eq!(pull.fetch_ref.as_deref(), Some("refs/pull/3/head"));
    assert_eq!((pull.author.name.as_str(), pull.labels.as_slice()), ("grace", &["kind/bug".to_owned()][..]));
}

#[test]
fn actions_have_names_of_their_own() {
    let updated = pull(GitHost::Gitea, "pull_request", "pull_request_synchronized");
    assert_eq!((updated.action, updated.from_fork, updated.draft), (PullAction::Updated, false, false));
    assert_eq!(pull(GitHost::Gitea, "pull_request", "pull_request_label_updated").action, PullAction::Edited);
    let closed = pull(GitHost::Forgejo, "pull_request", "pull_request_closed");
    assert_eq!((closed.action, closed.from_fork), (PullAction::Closed, true));
    assert_eq!(ignored(GitHost::Gitea, "pull_request_comment", "pull_request_synchronized"), "the event pull_request_comment");
}
